import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../store/index.ts';
import { SignIn } from './sign-in.ts';

const admin = { id: 'u1', name: 'admin@internal', role: 'administrator' } as const;

async function signIn(clock = { now: 0 }) {
  const store = await Store.open(':memory:');
  const service = new SignIn(store, () => clock.now);
  await service.setPassword(admin, 'right');
  return { service, store };
}

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

test('Basic credentials: right, wrong, unknown user, other scheme', async () => {
  const { service } = await signIn();
  assert.equal((await service.fromHeader(basic('admin@internal', 'right')))?.user.id, 'u1');
  assert.equal(await service.fromHeader(basic('admin@internal', 'wrong')), null);
  assert.equal(await service.fromHeader(basic('nobody@internal', 'right')), null);
  assert.equal(await service.fromHeader(undefined), null);
  assert.equal(await service.fromHeader('basic xyz'), null);
});

test('a remembered password stops working when the password changes', async () => {
  const { service } = await signIn();
  assert.ok(await service.password('admin@internal', 'right'));
  await service.setPassword(admin, 'new');
  assert.equal(await service.password('admin@internal', 'right'), null);
});

test('ten wrong passwords shut the door for half a minute', async () => {
  const clock = { now: 0 };
  const { service } = await signIn(clock);
  for (let i = 0; i < 10; i++) await service.password('admin@internal', 'wrong');
  assert.equal(await service.password('admin@internal', 'right'), null);
  clock.now = 31_000;
  assert.ok(await service.password('admin@internal', 'right'));
});

test('tokens: used, idle too long, revoked, stored only as a hash', async () => {
  const clock = { now: 0 };
  const { service, store } = await signIn(clock);
  const user = await store.get('app_user', 'u1');
  assert.ok(user);
  const token = await service.issue(user);
  assert.ok(await service.token(token));
  assert.equal(await store.get('token', token), undefined);
  clock.now = 31 * 60_000;
  assert.equal(await service.token(token), null);
  const second = await service.issue(user);
  await service.revoke(second);
  assert.equal(await service.token(second), null);
  await service.revoke('');
});
