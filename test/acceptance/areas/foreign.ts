import assert from 'node:assert/strict';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import { attach, bond, nicPost, setupNetworks } from '../asks.ts';
import type { Stage } from '../stage.ts';

/** Another hand makes VLAN devices on a device; they go when the scenario ends. */
async function foreignVlans({ host, afterwards }: Stage, base: string, vlans: Record<string, number>): Promise<void> {
  for (const [name, vlan] of Object.entries(vlans)) {
    await host.kernel.byHand(
      { kind: 'link.add', name, type: 'vlan', mac: null, base, vlan, options: {} },
      { kind: 'link.set', name, up: true },
    );
    afterwards(() => host.kernel.byHand({ kind: 'link.del', name }));
  }
  await host.refresh();
}

function listed(base: string, vlans: Record<string, number>): Scenario['play'] {
  return async (stage) => {
    const { host } = stage;
    if (base === 'bond1') await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'])));
    await foreignVlans(stage, base, vlans);
    for (const [name, vlan] of Object.entries(vlans)) {
      const { base_interface, vlan: shown } = await host.nic(name);
      assert.deepEqual([base_interface, shown?.id], [base, vlan]);
    }
  };
}

export const foreign: Area = {
  name: 'Devices made by others, names, statistics',
  scenarios: {
    'AC-325': alsoInLab(listed('eth1', { vlan20: 20 })),
    'AC-326': scenario(listed('bond1', { vlan20: 20, storage: 21 })),
    'AC-327': scenario(listed('eth1', { vlan20: 20, 'third-floor': 21, backup_net: 22 })),
    'AC-328': scenario(async (stage) => {
      const { host, network } = stage;
      const V = await network();
      await host.accepts(nicPost('eth7', V));
      await foreignVlans(stage, 'eth7', { vlan20: 20 });
      assert.equal((await host.nic('vlan20')).base_interface, 'eth7');
      assert.equal((await host.attachment(V)).in_sync, true);
      assert.deepEqual(await host.networksOn('eth7'), [V.name]);
    }),
    'AC-329': scenario(async ({ host, network }) => {
      const V = await network();
      const address = { family: 4, address: '192.0.29.1', prefix: 24 } as const;
      await host.kernel.byHand({ kind: 'addr.add', device: 'eth1', ...address, nodad: true, validFor: null });
      await host.refresh();
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      const links = await host.kernel.links();
      assert.deepEqual([links.get('eth1')?.addresses, links.get('eth1')?.master], [[], V.vdsmName]);
      assert.deepEqual(links.get(V.vdsmName)?.addresses, []);
      assert.equal((await host.attachment(V)).in_sync, true);
    }),
    'AC-330': alsoInLab(async (stage) => {
      const { host, network } = stage;
      const V = await network({ vlan: 330 });
      const name = 'eth1.330';
      await host.kernel.byHand(
        { kind: 'link.add', name, type: 'vlan', mac: null, base: 'eth1', vlan: 330, options: {} },
        { kind: 'link.set', name, up: true },
        { kind: 'addr.add', device: name, family: 4, address: '192.0.30.1', prefix: 24, nodad: true, validFor: null },
      );
      await host.refresh();
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      const taken = await host.kernel.link(name);
      assert.deepEqual([taken.master, taken.addresses, taken.vlan], [V.vdsmName, [], 330]);
      assert.equal((await host.attachment(V)).in_sync, true);
    }),
  },
};
