import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { test } from 'node:test';
import { Problem } from '../problem.ts';
import { Store } from '../store/index.ts';
import { type Session, SignIn } from './sign-in.ts';

const admin = { id: 'u1', name: 'admin@internal', role: 'administrator' } as const;

async function signIn(clock = { now: 0 }) {
  const store = await Store.open(':memory:');
  const service = new SignIn(store, () => clock.now);
  await service.setPassword(admin, 'right');
  return { service, store };
}

/** Where clients come from. */
const [here, elsewhere] = ['192.0.2.1', '192.0.2.2'];
const nameOf = (answer: Session | Problem | null) => (answer instanceof Problem ? answer.code : answer?.user.name);

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

test('Basic credentials: right, wrong, unknown user, other scheme', async () => {
  const { service } = await signIn();
  assert.equal(nameOf(await service.fromHeader(basic('admin@internal', 'right'), here)), 'admin@internal');
  assert.equal(await service.fromHeader(basic('admin@internal', 'wrong'), here), null);
  assert.equal(await service.fromHeader(basic('nobody@internal', 'right'), here), null);
  assert.equal(await service.fromHeader(undefined, here), null);
  assert.equal(await service.fromHeader('basic xyz', here), null);
});

test('a remembered password stops working when the password changes', async () => {
  const { service } = await signIn();
  assert.ok(await service.password('admin@internal', 'right', here));
  await service.setPassword(admin, 'new');
  assert.equal(await service.password('admin@internal', 'right', here), null);
});

test('ten wrong passwords shut the door for half a minute', async () => {
  const clock = { now: 0 };
  const { service } = await signIn(clock);
  for (let i = 0; i < 10; i++) await service.password('admin@internal', 'wrong', here);
  assert.equal(await service.password('admin@internal', 'right', here), null);
  assert.ok(await service.password('admin@internal', 'right', elsewhere), 'who did not guess is not shut out');
  clock.now = 31_000;
  assert.ok(await service.password('admin@internal', 'right', here));
});

/** A user whose password takes a few milliseconds to verify, not half a second. */
async function addUser(store: Store, name: string): Promise<void> {
  const salt = Buffer.from(name);
  const key = scryptSync('right', salt, 32, { N: 2 ** 12, r: 8, p: 1 });
  const password = ['scrypt', 2 ** 12, 8, 1, salt.toString('base64url'), key.toString('base64url')].join('$');
  await store.write((tx) => tx.put('app_user', { id: name, name, role: 'administrator', password }));
}

test('of guesses that come together no more are verified than of those that come one by one', async () => {
  const { service, store } = await signIn();
  await addUser(store, 'operator');
  const guesses = [...Array.from({ length: 10 }, (_, at) => `wrong${at}`), 'right'];
  const answers = await Promise.all(guesses.map((guess) => service.password('operator', guess, here)));
  assert.deepEqual(answers, Array(11).fill(null));
  assert.equal(nameOf(await service.password('operator', 'right', elsewhere)), 'operator');
});

test('who has signed in has all tries again', async () => {
  const { service, store } = await signIn();
  await addUser(store, 'operator');
  for (const round of [1, 2]) {
    for (let at = 0; at < 9; at++) assert.equal(await service.password('operator', `wrong${at}`, here), null);
    assert.equal(nameOf(await service.password('operator', 'right', here)), 'operator', `round ${round}`);
    // What is remembered of verified passwords goes with any that changes.
    await service.setPassword(admin, 'right');
  }
});

test('however many clients of one user begin together, all of them are let in', async () => {
  const { service } = await signIn();
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => service.fromHeader(basic('admin@internal', 'right'), here)),
  );
  assert.deepEqual([...new Set(answers.map(nameOf))], ['admin@internal']);
});

test('when too many passwords wait, more are refused for now, which does not count as a try', async () => {
  const { service, store } = await signIn();
  const names = Array.from({ length: 60 }, (_, at) => `user${at}`);
  for (const name of [...names, 'late']) await addUser(store, name);
  const first = names.map((name) => service.password(name, 'right', here));
  const late = Array.from({ length: 10 }, (_, at) => service.password('late', `wrong${at}`, here));
  assert.ok((await Promise.all(late)).some((answer) => nameOf(answer) === 'SIGN_IN_BUSY'));
  const answers = await Promise.all(first);
  assert.deepEqual(
    answers.map((answer, at) => (answer instanceof Problem ? names[at] : nameOf(answer))),
    names,
  );
  assert.ok(answers.filter((answer) => !(answer instanceof Problem)).length >= 50);
  assert.equal(nameOf(await service.password('late', 'right', here)), 'late');
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
