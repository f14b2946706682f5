import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attachment, Nic } from '@patchbay/model';
import { bootstrap } from './bootstrap.ts';
import { background } from './engine.ts';
import { finishChange, type PendingChange } from './finish-change.ts';
import { dropNetwork } from './store-network.ts';
import { aHost, anEngine } from './testing.ts';

const never = { method: 'none', address: null, netmask: null, gateway: null } as const;
const nicWith = (networkIds: string[]): Nic => ({
  ...{ id: 'nic', hostId: 'host', name: 'eth1', kind: 'nic', bond: null, labels: [], base: null, vlan: null },
  vfs: { allNetworksAllowed: false, networkIds, labels: [] },
});
const attachmentOf = (networkId: string): Attachment => ({
  ...{ id: `of ${networkId}`, hostId: 'host', networkId, nicId: 'nic', ipv4: never, ipv6: never },
  ...{ properties: {}, qos: null, nameservers: null },
});

test('a change does not bring back networks that have gone while it was under way', async () => {
  const engine = await anEngine();
  await bootstrap(engine);
  const { store } = engine;
  const [[cluster], [management]] = await Promise.all([store.list('cluster'), store.list('network')]);
  assert.ok(cluster && management);
  const names = ['deleted', 'detached', 'staying'];
  await store.write(async (tx) => {
    await tx.put('host', aHost('host', 'h1', cluster.id));
    for (const id of names) await tx.put('network', { ...management, id, name: id, vdsmName: id });
    const assignment = (await tx.list('cluster_network', cluster.id))[0];
    assert.ok(assignment);
    await tx.put('cluster_network', { ...assignment, networkId: 'staying' });
    // Taken up from what the host runs, while a change that attaches it was under way.
    await tx.put('attachment', { ...attachmentOf('staying'), id: 'taken up' });
    await dropNetwork(tx, 'deleted');
  });
  const pending: PendingChange = {
    ...{ steps: [], description: 'Changing the host', actor: background, revision: null },
    stored: {
      nics: { inserted: [], updated: [nicWith(names)], deleted: [] },
      attachments: {
        inserted: [attachmentOf('deleted'), attachmentOf('staying')],
        updated: [attachmentOf('detached')],
        deleted: [],
      },
    },
  };
  await finishChange(engine, 'host', pending, null);
  assert.deepEqual(await store.list('attachment'), [attachmentOf('staying')]);
  assert.deepEqual(await store.get('nic', 'nic'), nicWith(['detached', 'staying']), 'a list knows the data centre');
});
