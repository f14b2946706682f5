import assert from 'node:assert/strict';
import { shownAddress } from '../addresses.ts';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import {
  type AttachmentMembers,
  attach,
  bond,
  doors,
  ip,
  nicPost,
  nicPut,
  put,
  remove,
  setupNetworks,
  v4,
  v6,
} from '../asks.ts';
import type { Host } from '../host.ts';
import type { Network, NetworkWish } from '../stage.ts';

/** The device that has a network's addresses. */
function carrying(network: Network, nic: string, vm: boolean): string {
  if (vm) return network.vdsmName;
  return network.vlan === null ? nic : `${nic}.${network.vlan}`;
}

async function assertAddress(host: Host, network: Network, device: string, address: string): Promise<void> {
  assert.deepEqual(shownAddress(await host.attachment(network), 'v4'), { method: 'static', address, gateway: null });
  const links = await host.kernel.links();
  const holders = [...links.values()].filter((link) => link.addresses.includes(address)).map((link) => link.name);
  assert.deepEqual(holders, [device], `${address} is on ${device} alone`);
}

/** Through each door with a network, a nic and a subnet of its own. */
function staticThroughEachDoor(wish: NetworkWish, last: number, mask: string): Scenario['play'] {
  return async ({ network, host }) => {
    for (const [at, door] of doors.entries()) {
      const nic = `eth${at + 1}`;
      const wanted = await network({ ...wish, ...(wish.vlan !== undefined && { vlan: wish.vlan + at }) });
      const address = `192.0.${2 + at}.${last}`;
      await host.accepts(door.attach(wanted, nic, ip(v4.static(address, mask))));
      await assertAddress(host, wanted, carrying(wanted, nic, wish.vm ?? true), `${address}/24`);
    }
  };
}

function addressedLater(mask: string): Scenario['play'] {
  return async ({ network, host }) => {
    for (const [at, door] of doors.entries()) {
      const nic = `eth${at + 1}`;
      const V = await network();
      await host.accepts(nicPost(nic, V));
      const { id } = await host.attachment(V);
      const { index } = await host.kernel.link(V.vdsmName);
      const address = `192.0.${2 + at}.17`;
      await host.accepts(door.change(V, nic, ip(v4.static(address, mask))));
      await assertAddress(host, V, V.vdsmName, `${address}/24`);
      assert.equal((await host.attachment(V)).id, id, 'the same attachment');
      assert.equal((await host.kernel.link(V.vdsmName)).index, index, 'the same bridge');
    }
  };
}

/** Each of address, mask and gateway alone, where the method has none of them. */
function detailsRefused(method: (more: object) => object): Scenario['play'] {
  return async ({ network, host }) => {
    const V = await network();
    await host.accepts(nicPost('eth1', V));
    for (const detail of [{ address: '192.0.2.20' }, { netmask: '255.255.255.0' }, { gateway: '192.0.2.1' }]) {
      await host.refuses(put(V, ip(method(detail))), 400, 'IP-05', V.name);
    }
  };
}

const methodsAfter = (members: AttachmentMembers): Scenario['play'] => {
  return async ({ network, host }) => {
    const V = await network();
    await host.accepts(nicPost('eth1', V, members));
    const shown = await host.attachment(V);
    const wanted = members['ip_address_assignments'] === undefined ? 'none' : 'dhcp';
    assert.equal(shownAddress(shown, 'v4').method, wanted);
    assert.equal(shownAddress(shown, 'v6').method, 'none');
  };
};

export const ipv4: Area = {
  name: 'IPv4',
  scenarios: {
    'AC-022': scenario(staticThroughEachDoor({}, 11, '255.255.255.0')),
    'AC-023': scenario(staticThroughEachDoor({}, 12, '24')),
    'AC-024': scenario(staticThroughEachDoor({ vlan: 111 }, 13, '255.255.255.0')),
    'AC-025': scenario(staticThroughEachDoor({ vm: false }, 14, '255.255.255.0')),
    'AC-026': scenario(staticThroughEachDoor({ vm: false }, 15, '24')),
    'AC-027': scenario(staticThroughEachDoor({ vm: false, vlan: 112 }, 16, '255.255.255.0')),
    'AC-028': alsoInLab(addressedLater('255.255.255.0')),
    'AC-029': scenario(addressedLater('24')),
    'AC-030': scenario(async ({ network, host }) => {
      const V = await network({ vlan: 100 });
      const both = ip(v4.static('192.0.2.30', 24), v6.static('2001:db8:30::1', 64));
      await host.accepts(setupNetworks(attach(V, 'eth0', both)));
      await host.accepts(setupNetworks(attach(V, 'eth0', ip(v4.dhcp(), v6.polyDhcpAutoconf()))));
      const shown = await host.attachment(V);
      assert.equal(shownAddress(shown, 'v4').method, 'dhcp');
      assert.equal(shownAddress(shown, 'v6').method, 'poly_dhcp_autoconf');
      const { addresses } = await host.kernel.link(V.vdsmName);
      for (const old of ['192.0.2.30/24', '2001:db8:30::1/64']) assert.ok(!addresses.includes(old), addresses.join());
    }),
    'AC-031': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V, ip(v4.dhcp())));
      const ipv4 = { primary: true, address: '10.0.0.15', netmask: '255.255.255.0', gateway: '10.0.0.254' };
      const older = { ip_configuration: { ipv4s: { ipv4, boot_protocol: 'static' } } };
      await host.accepts(nicPut('eth1', V, older));
      const shown = shownAddress(await host.attachment(V), 'v4');
      assert.deepEqual(shown, { method: 'static', address: '10.0.0.15/24', gateway: '10.0.0.254' });
    }),
    'AC-032': scenario(methodsAfter({})),
    'AC-033': scenario(methodsAfter(ip(v4.dhcp()))),
    'AC-034': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      await host.refuses(put(V, ip(v4.static('192.0.2.34'))), 400, 'IP-04', V.name, 'netmask');
      await host.refuses(put(V, ip(v4.static(undefined, '255.255.255.0'))), 400, 'IP-04', V.name, 'address');
    }),
    'AC-035': scenario(detailsRefused(v4.none)),
    'AC-036': scenario(detailsRefused(v4.dhcp)),
    'AC-037': scenario(async ({ network, host }) => {
      const V = await network();
      const untold = { ip: { address: '192.0.2.37', netmask: '24', version: 'v4' } };
      await host.refuses(nicPost('eth1', V, ip(untold)), 400, 'IP-03', V.name);
      assert.equal(await host.carrier(V), null);
    }),
    'AC-038': alsoInLab(async ({ network, host }) => {
      const N = await network({ vm: false });
      const V = await network({ vlan: 113 });
      await host.accepts(setupNetworks(attach(N, 'eth1', ip(v4.static('192.0.2.38', 24))), attach(V, 'eth1')));
      await host.accepts(setupNetworks(remove(N)));
      assert.deepEqual(await host.networksOn('eth1'), [V.name]);
      assert.deepEqual((await host.kernel.link('eth1')).addresses, []);
      assert.equal((await host.kernel.link('eth1.113')).master, V.vdsmName);
    }),
    'AC-039': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      await host.accepts(setupNetworks(attach(V, 'bond1', ip(v4.static('192.0.2.39', 24)))));
      await assertAddress(host, V, V.vdsmName, '192.0.2.39/24');
      assert.equal((await host.kernel.link('bond1')).master, V.vdsmName);
    }),
  },
};
