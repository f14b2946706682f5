import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nic } from '@patchbay/model';
import type { HostReport } from '@patchbay/protocol';
import { Problem } from '../problem.ts';
import { bootstrap } from './bootstrap.ts';
import { refreshHost } from './commit-host.ts';
import { background, type Hosts } from './engine.ts';
import type { PendingChange } from './finish-change.ts';
import { aHost, anEngine, aReport } from './testing.ts';

const bond: HostReport['links'][number] = {
  ...{ index: 7, name: 'bond0', kind: 'bond', mac: null, permanentMac: null, mtu: 1500, minMtu: null, maxMtu: null },
  ...{ adminUp: true, operState: 'UP', carrier: true, master: null, base: null, vlan: null, alias: null, group: '0' },
  bond: { options: {}, slaves: [], activeSlave: null, partnerMac: null, aggregator: null },
  ...{ speed: null, ipv6Disabled: false, slave: null, bridge: null, addresses: [] },
};
const wished: Nic = {
  ...{ id: 'wished', hostId: 'host', name: 'bond0', kind: 'bond', base: null, vlan: null, labels: [] },
  bond: { slaves: [], options: [] },
};

/** A host that was sent a bond by a former engine, and what a refresh makes of it while the host says so of the change. */
async function refreshed(state: 'running' | 'ended') {
  const report = aReport([bond]);
  const ended = {
    transaction: 'task',
    outcome: 'committed' as const,
    problem: null,
    changed: true,
    timings: {},
    report,
  };
  const answers = { outcome: { state, result: state === 'ended' ? ended : null }, report: { report } };
  const call = (_host: string, method: string) => Promise.resolve(answers[method as keyof typeof answers]);
  const engine = await anEngine({ hosts: { connected: () => true, call, drop() {} } as unknown as Hosts });
  await bootstrap(engine);
  const host = aHost('host', 'h1', (await engine.store.list('cluster'))[0]?.id);
  const pending: PendingChange = {
    ...{ steps: [], description: 'Adding a bond', actor: background, revision: null },
    stored: {
      nics: { inserted: [wished], updated: [], deleted: [] },
      attachments: { inserted: [], updated: [], deleted: [] },
    },
  };
  await engine.store.write(async (tx) => {
    await tx.put('host', host);
    const task = { id: 'task', host_id: host.id, state: 'running', epoch: 1, nonce: 'n', created: 0 } as const;
    await tx.addTask({ ...task, pending: JSON.stringify(pending) });
  });
  return { answer: await refreshHost(engine, host, background), store: engine.store };
}

test('a refresh brings a change to its end first that a former engine did not see end', async () => {
  const { answer, store } = await refreshed('ended');
  assert.equal(answer, null);
  assert.deepEqual(await store.list('nic', 'host'), [wished]);
  assert.equal((await store.task('task'))?.state, 'done');
  assert.equal((await store.get('report', 'host'))?.report.links.length, 1);
});

test('nothing is recorded of a host that is busy with such a change', async () => {
  const { answer, store } = await refreshed('running');
  assert.ok(answer instanceof Problem);
  assert.equal(answer.code, 'HOST-03');
  assert.deepEqual([await store.list('nic', 'host'), await store.get('report', 'host')], [[], undefined]);
  assert.equal((await store.task('task'))?.state, 'running');
});
