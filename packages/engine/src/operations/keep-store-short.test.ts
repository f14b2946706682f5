import assert from 'node:assert/strict';
import { test } from 'node:test';
import { background } from './engine.ts';
import { clearOld } from './keep-store-short.ts';
import { note } from './note.ts';
import { anEngine } from './testing.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const now = 365 * DAY;

test('what nobody asks for any more leaves the store, however much it is, and all else stays', async () => {
  const engine = await anEngine({ now: () => now });
  const { store } = engine;
  const sent = (id: string, created: number) => {
    const task = { id, host_id: id, epoch: 1, nonce: 'n', pending: '{}', created };
    return store.write((tx) => tx.addTask({ ...task, state: 'running' }));
  };
  for (const [id, created] of [
    ['old', now - 31 * DAY],
    ['young', now - 29 * DAY],
    ['running', now - 31 * DAY],
  ] as const) {
    await sent(id, created);
  }
  await store.write(async (tx) => {
    const at = (time: number, text: string) =>
      note(tx, { now: () => time }, background, 'VDS_FAILURE', text, { host: { id: text, clusterId: 'c' } });
    for (let number = 0; number < 2500; number++) await at(now - 31 * DAY - number, 'old');
    await at(now - 29 * DAY, 'young');
    await tx.endTask('old', 'failed');
    await tx.endTask('young', 'done');
    const token = (id: string, used: number, created: number) => tx.put('token', { id, userId: 'u', used, created });
    await token('used', now - 29 * MINUTE, now - DAY);
    await token('idle', now - 31 * MINUTE, now - DAY);
    await token('outlived', now, now - 5 * DAY);
    const join = (id: string, expires: number) => tx.put('join_token', { id, hostName: 'h', clusterId: 'c', expires });
    await join('open', now + 1);
    await join('expired', now - 1);
  });
  await clearOld(engine);
  assert.deepEqual(
    (await store.events()).map((event) => event.host_id),
    ['young'],
  );
  const tasks = await Promise.all(['old', 'young', 'running'].map((id) => store.task(id)));
  assert.deepEqual(
    tasks.map((task) => task?.state),
    [undefined, 'done', 'running'],
  );
  const ids = async (kind: 'token' | 'join_token') => (await store.list(kind)).map(({ id }) => id);
  assert.deepEqual([await ids('token'), await ids('join_token')], [['used'], ['open']]);
});
