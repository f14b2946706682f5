import assert from 'node:assert/strict';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { attach, bond, doors, nicPost, remove, setupNetworks } from '../asks.ts';
import type { Host } from '../host.ts';

/** MTU of each device by name. */
async function mtus(host: Host, ...names: string[]): Promise<(number | undefined)[]> {
  const links = await host.kernel.links();
  return names.map((name) => links.get(name)?.mtu);
}

const backup = { mode: 1, miimon: 100 };

export const mtu: Area = {
  name: 'MTU',
  scenarios: {
    'AC-092': scenario(async ({ network, host }) => {
      const V = await network({ mtu: 5000 });
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      assert.deepEqual(await mtus(host, V.vdsmName, 'eth1'), [5000, 5000]);
    }),
    'AC-093': scenario(async ({ network, host }) => {
      const N = await network({ vm: false, mtu: 5000 });
      await host.accepts(setupNetworks(attach(N, 'eth1')));
      assert.deepEqual(await mtus(host, 'eth1'), [5000]);
    }),
    'AC-094': scenario(async ({ network, host }) => {
      const V = await network({ vlan: 171, mtu: 5000 });
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      assert.deepEqual(await mtus(host, V.vdsmName, 'eth1.171', 'eth1'), [5000, 5000, 5000]);
    }),
    'AC-095': scenario(async ({ network, host }) => {
      const V = await network({ mtu: 5000 });
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'], backup)));
      await host.accepts(setupNetworks(attach(V, 'bond1')));
      assert.deepEqual(await mtus(host, V.vdsmName, 'bond1', 'eth2', 'eth3'), [5000, 5000, 5000, 5000]);
    }),
    'AC-096': scenario(async ({ network, host }) => {
      await host.accepts(setupNetworks(bond('bond1', ['eth3', 'eth4']), bond('bond2', ['eth5', 'eth6'])));
      const wishes = [
        { nic: 'eth1', vm: false },
        { nic: 'eth2', vm: false, vlan: 172 },
        { nic: 'bond1', vm: false },
        { nic: 'bond2', vm: false, vlan: 172 },
      ];
      for (const { nic, ...wish } of wishes) await host.accepts(setupNetworks(attach(await network(wish), nic)));
      const links = [...(await host.kernel.links()).values()].filter((link) => link.kind !== 'other');
      for (const link of links) assert.equal(link.mtu, 1500, link.name);
      assert.ok(links.some((link) => link.name === 'bond2.172'));
    }),
    'AC-097': alsoInLab(async ({ network, host }) => {
      const [small, large] = [
        await network({ vlan: 173, vm: false, mtu: 5000 }),
        await network({ vlan: 174, vm: false, mtu: 9000 }),
      ];
      await host.accepts(setupNetworks(attach(small, 'eth1'), attach(large, 'eth1')));
      assert.deepEqual(await mtus(host, 'eth1', 'eth1.173', 'eth1.174'), [9000, 5000, 9000]);
      await host.accepts(setupNetworks(remove(large)));
      assert.deepEqual(await mtus(host, 'eth1', 'eth1.173', 'eth1.174'), [5000, 5000, undefined]);
    }),
    'AC-098': alsoInLab(async ({ network, host }) => {
      const V = await network({ mtu: 5000 });
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'], backup), attach(V, 'bond1')));
      await host.accepts(setupNetworks(bond('bond1', null, { mode: 4 })));
      assert.equal((await host.kernel.bond('bond1')).options['mode'], '4');
      assert.deepEqual(await mtus(host, 'bond1', 'eth2', 'eth3', V.vdsmName), [5000, 5000, 5000, 5000]);
    }),
    'AC-099': alsoInLab(async ({ network, host }) => {
      const V = await network({ mtu: 5000 });
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'], backup), attach(V, 'bond1')));
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2', 'eth3'])));
      assert.deepEqual(await mtus(host, 'bond1', 'eth1', 'eth2', 'eth3'), [5000, 5000, 5000, 5000]);
      assert.equal((await host.kernel.link('eth1')).master, 'bond1');
    }),
    'AC-100': alsoInLab(async ({ network, host }) => {
      const sizes = { 175: 5000, 176: 9000, 177: 2000, 178: 1500 };
      const networks = await Promise.all(
        Object.entries(sizes).map(([vlan, mtu]) => network({ vlan: Number(vlan), mtu })),
      );
      await host.accepts(
        setupNetworks(bond('bond1', ['eth2', 'eth3'], { mode: 4 }), ...networks.map((one) => attach(one, 'bond1'))),
      );
      assert.deepEqual(await mtus(host, 'bond1', 'eth2', 'eth3'), [9000, 9000, 9000]);
      for (const [vlan, mtu] of Object.entries(sizes)) assert.deepEqual(await mtus(host, `bond1.${vlan}`), [mtu]);
    }),
    'AC-101': scenario(async ({ network, host }) => {
      const [large, normal] = [await network({ vlan: 179, mtu: 5000 }), await network({ vlan: 180 })];
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3']), attach(large, 'bond1')));
      await host.accepts(setupNetworks(attach(normal, 'bond1')));
      assert.deepEqual(await mtus(host, 'bond1', 'bond1.179', 'bond1.180'), [5000, 5000, 1500]);
    }),
    'AC-102': scenario(async ({ network, host, afterwards }) => {
      const V = await network({ vlan: 181 });
      await host.kernel.byHand({ kind: 'link.set', name: 'eth1', mtu: 2000 });
      // Given back, the nic has the MTU that it had when it was taken.
      afterwards(async () => {
        await host.accepts(setupNetworks(remove(V)));
        await host.kernel.byHand({ kind: 'link.set', name: 'eth1', mtu: 1500 });
      });
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      assert.deepEqual(await mtus(host, 'eth1', 'eth1.181'), [1500, 1500]);
    }),
    'AC-103': scenario(async ({ network, host }) => {
      const [V, N] = [await network({ vlan: 182, mtu: 9000 }), await network({ vm: false, mtu: 5000 })];
      await host.refuses(
        setupNetworks(bond('bond1', ['eth2', 'eth3']), attach(V, 'bond1'), attach(N, 'bond1')),
        409,
        'MTU-01',
        `${V.name}(9000)`,
        `${N.name}(5000)`,
      );
    }),
    'AC-104': scenario(async ({ network, host }) => {
      const [N, V] = [await network({ vm: false, mtu: 5000 }), await network({ vlan: 183, mtu: 9000 })];
      await host.accepts(nicPost('eth1', N));
      for (const door of doors) await host.refuses(door.attach(V, 'eth1'), 409, 'MTU-01', V.name, N.name);
    }),
    'AC-105': scenario(async ({ network, host }) => {
      const [V, tagged] = [await network(), await network({ vlan: 184 })];
      await host.accepts(setupNetworks(attach(V, 'eth1'), attach(tagged, 'eth1')));
      assert.deepEqual(await mtus(host, 'eth1', 'eth1.184', V.vdsmName), [1500, 1500, 1500]);
    }),
    'AC-106': scenario(async ({ network, host }) => {
      const [V, tagged] = [await network(), await network({ vlan: 185, mtu: 1500 })];
      await host.accepts(setupNetworks(attach(V, 'eth1'), attach(tagged, 'eth1')));
      assert.deepEqual(await host.networksOn('eth1'), [V.name, tagged.name].sort());
    }),
  },
};
