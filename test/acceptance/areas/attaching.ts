/** Four kinds of network through three doors: the nic's collection, the host's, and setupnetworks. */
import assert from 'node:assert/strict';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { attach, hostPost, nicPost, setupNetworks } from '../asks.ts';

export const attaching: Area = {
  name: 'Attaching networks to nics',
  scenarios: {
    'AC-001': alsoInLab(async ({ network, host }) => {
      const V = await network();
      const made = (await host.accepts(nicPost('eth1', V))).as('network_attachment');
      assert.ok(made.id);
      assert.equal(made.network?.id, V.id);
      assert.equal(made.host_nic?.id, (await host.nic('eth1')).id);
      assert.equal((await host.attachment(V)).in_sync, true);
      assert.deepEqual(await host.networksOn('eth1'), [V.name]);
      const bridge = await host.kernel.link(V.vdsmName);
      assert.deepEqual([bridge.kind, bridge.up, bridge.addresses], ['bridge', true, []]);
      const nic = await host.kernel.link('eth1');
      assert.deepEqual([nic.master, nic.up], [V.vdsmName, true]);
    }),
    'AC-008': scenario(async ({ network, host }) => {
      const V = await network();
      const reply = await host.accepts(setupNetworks(attach(V, 'eth1')));
      assert.equal(reply.as('action').status, 'complete');
      assert.equal(await host.carrier(V), 'eth1');
    }),
    'AC-014': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      const { id = '' } = await host.attachment(V);
      await host.refuses(hostPost(V, 'eth2'), 400, 'ATT-09', id, V.name);
      assert.equal(await host.carrier(V), 'eth1');
    }),
  },
};
