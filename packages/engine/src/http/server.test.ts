import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { Session, SignIn } from '../auth/index.ts';
import { Problem } from '../problem.ts';
import { route } from './api.ts';
import { createServer } from './server.ts';
import { signInRoutes } from './sign-in-routes.ts';

/** A server whose sign-in is that; nobody gets any further. */
function served(signIn: Partial<SignIn>, log = pino({ level: 'silent' })) {
  const hosts = route('GET', '/hosts', 'host', () => Promise.reject(new Error('not called')));
  const app = createServer({ signIn: signIn as SignIn, routes: [hosts], log });
  signInRoutes(app, signIn as SignIn);
  return app;
}

test('a sign-in that cannot be looked at now is refused as such, not as a wrong password', async (t) => {
  const busy = async () => new Problem(503, 'SIGN_IN_BUSY', 'Service Unavailable', 'Try again.');
  const app = served({ fromHeader: busy, password: busy });
  t.after(() => app.close());
  const hosts = await app.inject('/ovirt-engine/api/hosts');
  assert.deepEqual([hosts.statusCode, hosts.headers['www-authenticate']], [503, undefined]);
  assert.match(hosts.body, /<detail>Try again\.<\/detail>/);
  for (const query of [
    'grant_type=password&username=a&password=b',
    'grant_type=urn:ovirt:params:oauth:grant-type:http',
  ]) {
    const answer = await app.inject(`/ovirt-engine/sso/oauth/token?${query}&scope=ovirt-app-api`);
    assert.equal(answer.statusCode, 503, answer.body);
    assert.deepEqual(answer.json(), { error_code: 'temporarily_unavailable', error: 'Try again.' });
  }
});

test('what hits a defect is logged by its path, without what a client sends behind it', async (t) => {
  const lines: string[] = [];
  const fails = () => Promise.reject(new Error('The disk is full.'));
  const app = served({ fromHeader: fails, password: fails }, pino({}, { write: (line) => void lines.push(line) }));
  t.after(() => app.close());
  for (const [path, more] of [
    ['/ovirt-engine/sso/oauth/token', '?grant_type=password&username=admin&password=secret'],
    ['/ovirt-engine/api/hosts', ';max=1;token=secret?search=secret'],
    ['/ovirt-engine/api/hosts', '?search=secret'],
  ]) {
    const { statusCode, body } = await app.inject(`${path}${more}`);
    assert.equal(statusCode, 500, body);
    const line = lines.pop() ?? '';
    assert.match(line, /The disk is full/);
    assert.deepEqual(lines, []);
    assert.equal(JSON.parse(line).path, path);
    assert.ok(!line.includes('secret'), line);
  }
});

test('a proxy on this machine says where a client is and by which scheme it asks; nobody else is believed', async (t) => {
  const from: string[] = [];
  const signIn: Partial<SignIn> = {
    fromHeader: async (_header, address) => {
      from.push(address);
      return { user: { id: 'u', name: 'admin@internal' } } as Session;
    },
  };
  const added = { type: 'host' as const, value: {}, status: 201, location: '/ovirt-engine/api/hosts/h' };
  const routes = [route('POST', '/hosts', 'host', async () => added)];
  const app = createServer({ signIn: signIn as SignIn, routes, log: pino({ level: 'silent' }) });
  t.after(() => app.close());
  const ask = async (remoteAddress: string, forwarded: Record<string, string>) => {
    const headers = { host: 'engine.example', ...forwarded };
    const { headers: answered } = await app.inject({
      ...{ method: 'POST', url: '/ovirt-engine/api/hosts', remoteAddress, headers },
    });
    return [from.pop(), answered.location];
  };
  const forwarded = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
  const [plain, secure] = ['http', 'https'].map((scheme) => `${scheme}://engine.example/ovirt-engine/api/hosts/h`);
  for (const here of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    assert.deepEqual(await ask(here, forwarded), ['203.0.113.7', secure], here);
  }
  // What the client itself has written stands before what the proxy adds.
  const claimed = { ...forwarded, 'x-forwarded-for': '192.0.2.1, 203.0.113.7' };
  assert.deepEqual(await ask('127.0.0.1', claimed), ['203.0.113.7', secure]);
  assert.deepEqual(await ask('127.0.0.1', {}), ['127.0.0.1', plain]);
  assert.deepEqual(await ask('198.51.100.1', forwarded), ['198.51.100.1', plain]);
});
