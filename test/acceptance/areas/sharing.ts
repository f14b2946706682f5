import assert from 'node:assert/strict';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import { type Ask, attach, bond, hostPost, nicPost, setupNetworks } from '../asks.ts';
import type { Host } from '../host.ts';
import type { Network, NetworkWish } from '../stage.ts';

async function assertShared(host: Host, device: string, networks: Network[]): Promise<void> {
  assert.deepEqual(await host.networksOn(device), networks.map(({ name }) => name).sort());
  const links = await host.kernel.links();
  for (const { vlan, vdsmName } of networks) {
    const carrier = vlan === null ? device : `${device}.${vlan}`;
    assert.equal(links.get(carrier)?.master, vdsmName, carrier);
  }
}

type Join = (network: Network, device: string) => Ask;

const underHost: Join = (network, device) => hostPost(network, device);
const bySetup: Join = (network, device) => setupNetworks(attach(network, device));

/** One network is there, another joins it. */
function joined(there: NetworkWish, joins: NetworkWish, request: Join, device: string): Scenario['play'] {
  return async ({ network, host }) => {
    const [first, second] = [await network(there), await network(joins)];
    if (device.startsWith('bond')) await host.accepts(setupNetworks(bond(device, ['eth5', 'eth6'])));
    await host.accepts(setupNetworks(attach(first, device)));
    const tagged = there.vlan === undefined ? null : await host.kernel.link(`${device}.${there.vlan}`);
    await host.accepts(request(second, device));
    await assertShared(host, device, [first, second]);
    if (tagged !== null) assert.deepEqual(await host.kernel.link(tagged.name), tagged, 'tagged traffic goes on');
  };
}

function both(device: string): Scenario['play'] {
  return async ({ network, host }) => {
    const [V, tagged] = [await network(), await network({ vlan: 145 })];
    if (device === 'bond1') await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'])));
    await host.accepts(setupNetworks(attach(V, device), attach(tagged, device)));
    await assertShared(host, device, [V, tagged]);
  };
}

export const sharing: Area = {
  name: 'Sharing a nic',
  scenarios: {
    'AC-076': scenario(joined({}, { vlan: 141 }, underHost, 'eth1')),
    'AC-077': scenario(joined({ vlan: 142 }, {}, underHost, 'eth2')),
    'AC-078': alsoInLab(joined({ vlan: 143 }, {}, bySetup, 'eth4')),
    'AC-079': scenario(joined({}, { vlan: 144 }, bySetup, 'eth3')),
    'AC-080': scenario(async (stage) => {
      await joined({}, { vlan: 141 }, underHost, 'bond1')(stage);
      const devices = { bond2: ['eth1', 'eth2'], bond3: ['eth3', 'eth4'], bond4: ['eth7', 'eth8'] };
      const { host, network } = stage;
      const cases: [keyof typeof devices, NetworkWish, NetworkWish, Join][] = [
        ['bond2', { vlan: 142 }, {}, underHost],
        ['bond3', { vlan: 143 }, {}, bySetup],
        ['bond4', {}, { vlan: 144 }, bySetup],
      ];
      for (const [device, there, joins, request] of cases) {
        const [first, second] = [await network(there), await network(joins)];
        await host.accepts(setupNetworks(bond(device, devices[device]), attach(first, device)));
        await host.accepts(request(second, device));
        await assertShared(host, device, [first, second]);
      }
    }),
    'AC-081': scenario(both('eth1')),
    'AC-082': scenario(both('bond1')),
    'AC-083': scenario(async ({ network, host }) => {
      const three = [await network({ vlan: 151 }), await network({ vlan: 152 }), await network({ vlan: 153 })];
      await host.accepts(setupNetworks(...three.map((one) => attach(one, 'eth1'))));
      await assertShared(host, 'eth1', three);
      const listed = (await host.nics()).filter((nic) => nic.base_interface === 'eth1').map((nic) => nic.name);
      assert.deepEqual(listed.sort(), ['eth1.151', 'eth1.152', 'eth1.153']);
    }),
    'AC-084': scenario(async ({ network, host }) => {
      const [V, N] = [await network(), await network({ vm: false })];
      await host.accepts(nicPost('eth1', V));
      await host.refuses(setupNetworks(attach(N, 'eth1')), 409, 'EXCL-01', 'eth1');
    }),
    'AC-085': scenario(async ({ network, host }) => {
      const two = [await network({ vm: false }), await network({ vm: false })];
      await host.refuses(setupNetworks(...two.map((one) => attach(one, 'eth1'))), 409, 'EXCL-01', 'eth1');
    }),
    'AC-086': alsoInLab(async ({ network, host }) => {
      const [V, W] = [await network({ vlan: 160 }), await network({ vlan: 160 })];
      await host.accepts(setupNetworks(attach(V, 'eth1'), attach(W, 'eth2')));
      const links = await host.kernel.links();
      assert.equal(links.get('eth1.160')?.master, V.vdsmName);
      assert.equal(links.get('eth2.160')?.master, W.vdsmName);
    }),
    'AC-087': scenario(async ({ network, host }) => {
      const two = [await network({ vlan: 160 }), await network({ vlan: 160 })];
      const names = two.map(({ name }) => name);
      await host.refuses(
        setupNetworks(...two.map((one) => attach(one, 'eth1'))),
        409,
        'VLAN-01',
        '160',
        'eth1',
        ...names,
      );
    }),
    'AC-088': scenario(async ({ network, api }) => {
      for (const one of [await network({ vlan: 160 }), await network({ vlan: 160 })]) {
        assert.equal((await api.request('GET', `/networks/${one.id}`)).as('network').vlan?.id, 160);
      }
    }),
    'AC-089': scenario(async ({ network, host }) => {
      const [V, W] = [await network({ vlan: 161 }), await network({ vlan: 162 })];
      await host.accepts(nicPost('eth1', V));
      await host.refuses(setupNetworks(attach(W, 'eth1.161')), 400, 'ATT-07', W.name, 'eth1.161');
    }),
    'AC-090': scenario(async ({ network, host }) => {
      const V = await network();
      await host.refuses(setupNetworks(attach(V, 'eth1'), attach(V, 'eth2')), 400, 'ATT-10', V.name);
    }),
  },
};
