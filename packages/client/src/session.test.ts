import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './connect.ts';
import { fakeEngine, json } from './fake-engine-for-tests.ts';

const url = 'https://engine/ovirt-engine/api';
const unauthorised = () => json({ reason: 'Unauthorized', detail: 'Sign in.', fault: {} }, 401);
const admin = { url, user: 'admin@internal', password: 'secret' };

test('the first request signs in, the next uses the same token, and signing out takes it back', async () => {
  const { asked, fetch } = fakeEngine(() => json({}));
  const api = connect({ ...admin, fetch });
  assert.equal(asked.length, 0, 'nothing is sent before the first call');
  await api.hosts.list();
  await api.hosts.list();
  await api.signOut();
  assert.deepEqual(
    asked.map(({ method, path, authorization }) => [method, path, authorization]),
    [
      ['POST', '/ovirt-engine/sso/oauth/token', null],
      ['GET', '/ovirt-engine/api/hosts', 'Bearer token1'],
      ['GET', '/ovirt-engine/api/hosts', 'Bearer token1'],
      ['POST', '/ovirt-engine/services/sso-logout', null],
    ],
  );
  assert.equal(asked[0]?.body, 'grant_type=password&scope=ovirt-app-api&username=admin%40internal&password=secret');
  assert.match(asked[3]?.body ?? '', /^token=token1&/);
});

test('a token that the engine no longer takes is renewed once, and the request repeated once', async () => {
  const tokens: string[] = [];
  const { asked, fetch } = fakeEngine((one) => (one.authorization === 'Bearer token1' ? json({}) : unauthorised()));
  const api = connect({ ...admin, token: 'old', onToken: (token) => tokens.push(token), fetch });
  const body = { name: 'red' };
  await api.networks.add(body);
  assert.deepEqual(
    asked.map(({ authorization }) => authorization),
    ['Bearer old', null, 'Bearer token1'],
  );
  assert.deepEqual([asked[0]?.body, asked[2]?.body], [JSON.stringify(body, null, 2), JSON.stringify(body, null, 2)]);
  assert.deepEqual(tokens, ['token1']);
});

test('an engine that takes no token at all is asked twice and no more', async () => {
  const { asked, fetch } = fakeEngine(unauthorised);
  await assert.rejects(connect({ ...admin, token: 'old', fetch }).hosts.list(), { name: 'ApiError', status: 401 });
  assert.equal(asked.length, 3);
});

test('without a password there is nothing to renew with', async () => {
  const { asked, fetch } = fakeEngine(unauthorised);
  await assert.rejects(connect({ url, token: 'old', fetch }).hosts.list(), { name: 'ApiError', status: 401 });
  assert.equal(asked.length, 1);
  await assert.rejects(connect({ url, fetch }).hosts.list(), { name: 'SignInError', code: 'invalid_request' });
  assert.equal(asked.length, 1);
});

test('requests at the same time sign in once, also when their token is refused', async () => {
  const { asked, fetch } = fakeEngine((one) => (one.authorization === 'Bearer old' ? unauthorised() : json({})));
  await Promise.all([1, 2, 3].map(() => connect({ ...admin, fetch })).map((api) => api.hosts.list()));
  assert.equal(asked.filter(({ path }) => path.endsWith('/token')).length, 3, 'one for each client');
  asked.length = 0;
  const api = connect({ ...admin, token: 'old', fetch });
  await Promise.all([api.hosts.list(), api.networks.list(), api.jobs.list()]);
  assert.equal(asked.filter(({ path }) => path.endsWith('/token')).length, 1);
});

test('a token that was replaced while its refusal was on the way is not renewed again', async () => {
  let refuseLate = () => {};
  const late = new Promise<void>((resolve) => {
    refuseLate = resolve;
  });
  const { asked, fetch } = fakeEngine(async (one) => {
    if (one.authorization !== 'Bearer old') return json({});
    if (one.path.endsWith('/jobs')) await late;
    return unauthorised();
  });
  const api = connect({ ...admin, token: 'old', fetch });
  const slow = api.jobs.list();
  await api.hosts.list();
  refuseLate();
  await slow;
  assert.equal(asked.filter(({ path }) => path.endsWith('/token')).length, 1);
});

test('a wrong password is an error that says so, and the next call tries again', async () => {
  const { asked, fetch } = fakeEngine(() => json({}));
  const api = connect({ ...admin, password: 'guess', fetch });
  const refused = { name: 'SignInError', code: 'access_denied', message: 'No such user, or the password is wrong.' };
  await assert.rejects(api.signIn(), refused);
  await assert.rejects(api.hosts.list(), refused);
  assert.equal(asked.length, 2);
});

test('where one signs in follows from where the API is', async () => {
  for (const [given, base, token] of [
    ['https://engine', 'https://engine/ovirt-engine/api', 'https://engine/ovirt-engine/sso/oauth/token'],
    [
      'https://engine/ovirt-engine/api/',
      'https://engine/ovirt-engine/api',
      'https://engine/ovirt-engine/sso/oauth/token',
    ],
    ['https://e/x/ovirt-engine/api/v4', 'https://e/x/ovirt-engine/api/v4', 'https://e/x/ovirt-engine/sso/oauth/token'],
    ['http://e:8080/api', 'http://e:8080/api', 'http://e:8080/ovirt-engine/sso/oauth/token'],
  ] as const) {
    const urls: string[] = [];
    const fetch = (async (input) => {
      urls.push(String(input));
      return json({ access_token: 't' });
    }) as typeof globalThis.fetch;
    const api = connect({ ...admin, url: given, fetch });
    await api.signIn();
    assert.deepEqual([api.url, urls], [base, [token]], given);
  }
  assert.throws(() => connect({ url: '/ovirt-engine/api' }), TypeError);
});
