import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attachment, Host } from '@patchbay/model';
import { Reader } from '../store/index.ts';
import { bootstrap } from './bootstrap.ts';
import { judgeHealth } from './host-health.ts';
import { aHost, anEngine, aReport } from './testing.ts';

const never = { method: 'none', address: null, netmask: null, gateway: null } as const;

/** The status of a host that reports no network, in a cluster that requires one, beside other hosts. */
async function judgedBeside(others: { status?: Host['status']; has: boolean }[]): Promise<Host['status'] | undefined> {
  const engine = await anEngine();
  const { store } = engine;
  await bootstrap(engine);
  const [assignment] = await store.list('cluster_network');
  assert.ok(assignment);
  const { clusterId, networkId } = assignment;
  await store.write(async (tx) => {
    await tx.put('cluster_network', { ...assignment, required: true });
    await tx.put('host', aHost('judged', 'judged', clusterId));
    await tx.put('report', { hostId: 'judged', report: aReport() });
    for (const [at, { status = 'up', has }] of others.entries()) {
      const hostId = `other${at}`;
      await tx.put('host', { ...aHost(hostId, hostId, clusterId), status });
      const attachment: Attachment = {
        ...{ id: hostId, hostId, networkId, nicId: 'nic', ipv4: never, ipv6: never },
        ...{ properties: {}, qos: null, nameservers: null },
      };
      if (has) await tx.put('attachment', attachment);
    }
  });
  await store.write((tx) => judgeHealth(tx, engine, 'judged', new Set()));
  return (await store.get('host', 'judged'))?.status;
}

test('what a host lacks counts when every other host in service has it', async (t) => {
  const lists = t.mock.method(Reader.prototype, 'list');
  assert.equal(await judgedBeside([]), 'up', 'nobody has it');
  assert.equal(await judgedBeside([{ has: true }, { has: true }]), 'non_operational');
  assert.equal(await judgedBeside([{ has: true }, { has: false }]), 'up', 'it is only being rolled out');
  assert.equal(await judgedBeside([{ has: true }, { has: false, status: 'maintenance' }]), 'non_operational');
  assert.equal(await judgedBeside([{ has: true, status: 'down' }]), 'up', 'no other is in service');
  const asked = lists.mock.calls.map(({ arguments: [kind] }) => kind);
  assert.ok(asked.includes('cluster_network') && !asked.includes('host'), 'no report costs a look at every host');
});
