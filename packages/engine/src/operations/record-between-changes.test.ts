import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Authority } from '../gateway/index.ts';
import { agentEvents } from './agents.ts';
import { bootstrap } from './bootstrap.ts';
import { background, type Engine, type Hosts } from './engine.ts';
import type { PendingChange } from './finish-change.ts';
import { settleFormer } from './settle-former.ts';
import { aHost, anEngine, aReport } from './testing.ts';

const now = { ...aReport(), kernel: 'new' };

/** A host that has never heard of the change that was sent to it, and whose power was off meanwhile. */
async function rebooted(): Promise<Engine> {
  const answers = { outcome: { state: 'unknown', result: null }, report: { report: now } };
  const call = (_host: string, method: string) => Promise.resolve(answers[method as keyof typeof answers]);
  const engine = await anEngine({ hosts: { connected: () => true, call, drop() {} } as unknown as Hosts });
  await bootstrap(engine);
  const pending: PendingChange = {
    ...{ steps: [], description: 'Adding a bond', actor: background, revision: null },
    stored: {
      nics: { inserted: [], updated: [], deleted: [] },
      attachments: { inserted: [], updated: [], deleted: [] },
    },
  };
  await engine.store.write(async (tx) => {
    await tx.put('host', aHost('host', 'h1', (await tx.list('cluster'))[0]?.id));
    await tx.put('report', { hostId: 'host', report: { ...aReport(), kernel: 'old' } });
    const task = { id: 'task', host_id: 'host', state: 'running', epoch: 1, nonce: 'n', created: 0 } as const;
    await tx.addTask({ ...task, pending: JSON.stringify(pending) });
  });
  return engine;
}

const known = async ({ store }: Engine) => [
  (await store.task('task'))?.state,
  (await store.get('report', 'host'))?.report.kernel,
];

test('a host that greets, and knows nothing of its change, is shown as it is', { timeout: 10_000 }, async ({
  signal,
}) => {
  const engine = await rebooted();
  const events = agentEvents(() => engine, {} as Authority);
  const params = { protocol: 1, agentVersion: '', bootId: 'b', awaiting: null, report: now };
  await events.hello('host', params);
  while ((await known(engine))[1] === 'old') await setImmediate(undefined, { signal });
  assert.deepEqual(await known(engine), ['failed', 'new']);
});

test('what is judged after a change that never came about rests on the host as it is', async () => {
  const engine = await rebooted();
  assert.equal(await settleFormer(engine, aHost('host', 'h1')), null);
  assert.deepEqual(await known(engine), ['failed', 'new']);
});
