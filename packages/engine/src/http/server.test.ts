import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { SignIn } from '../auth/index.ts';
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
