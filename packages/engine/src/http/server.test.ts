import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { SignIn } from '../auth/index.ts';
import { Problem } from '../problem.ts';
import { route } from './api.ts';
import { createServer } from './server.ts';
import { signInRoutes } from './sign-in-routes.ts';

/** A server whose sign-in is that; nobody gets any further. */
function served(signIn: Partial<SignIn>) {
  const hosts = route('GET', '/hosts', 'host', () => Promise.reject(new Error('not called')));
  const app = createServer({ signIn: signIn as SignIn, routes: [hosts], log: pino({ level: 'silent' }) });
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
