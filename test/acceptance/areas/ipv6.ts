import assert from 'node:assert/strict';
import { canonical, shownAddress } from '../addresses.ts';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import { attach, bond, ip, nicPost, put, setupNetworks, v4, v6 } from '../asks.ts';
import type { Host } from '../host.ts';
import type { NetworkWish } from '../stage.ts';

const bond1 = setupNetworks(bond('bond1', ['eth2', 'eth3'], { mode: 1, miimon: 100 }));

/** Address `2001:db8:1::11/64` on the device that carries the network, `bridge` standing for the network's own. */
function staticOn(wish: NetworkWish, nic: string, device: string): Scenario['play'] {
  return async ({ network, host }) => {
    const wanted = await network(wish);
    if (nic === 'bond1') await host.accepts(bond1);
    await host.accepts(setupNetworks(attach(wanted, nic, ip(v6.static('2001:db8:1::11', 64)))));
    const shown = await host.attachment(wanted);
    const { ip: written } = shown.ip_address_assignments?.find((one) => one.ip?.version === 'v6') ?? {};
    assert.deepEqual([written?.address, written?.netmask], ['2001:db8:1::11', '64']);
    assert.equal(shownAddress(shown, 'v6').method, 'static');
    const holder = device === 'bridge' ? wanted.vdsmName : device;
    assert.deepEqual(await held(host, holder), ['2001:db8:1::11/64']);
  };
}

/** Addresses of a device, sorted, IPv6 in its canonical spelling. */
async function held(host: Host, device: string): Promise<string[]> {
  const { addresses } = await host.kernel.link(device);
  return addresses
    .map((one) => {
      const [address = '', prefix] = one.split('/');
      return `${canonical(address)}/${prefix}`;
    })
    .sort();
}

function bothOn(wish: NetworkWish, device: string): Scenario['play'] {
  return async ({ network, host }) => {
    const wanted = await network(wish);
    const both = ip(v4.static('192.0.2.52', 24), v6.static('2001:db8:1::52', 64));
    await host.accepts(setupNetworks(attach(wanted, 'eth1', both)));
    const shown = await host.attachment(wanted);
    assert.equal(shown.ip_address_assignments?.length, 2);
    assert.equal(shownAddress(shown, 'v4').address, '192.0.2.52/24');
    assert.equal(shownAddress(shown, 'v6').address, '2001:db8:1::52/64');
    const holder = device === 'bridge' ? wanted.vdsmName : device;
    assert.deepEqual(await held(host, holder), ['192.0.2.52/24', '2001:db8:1::52/64']);
  };
}

/** Each network in turn; the method is kept, whether anybody answers or not. */
function methodOn(method: 'dhcp' | 'autoconf', ...wishes: (NetworkWish & { nic: string })[]): Scenario['play'] {
  return async ({ network, host }) => {
    for (const { nic, ...wish } of wishes) {
      const wanted = await network(wish);
      await host.accepts(setupNetworks(attach(wanted, nic, ip(v6[method]()))));
      assert.equal(shownAddress(await host.attachment(wanted), 'v6').method, method);
    }
  };
}

const accepts = async (host: Host, device: string) =>
  Number((await host.kernel.sysctl(`net/ipv6/conf/${device}/accept_ra`)) ?? 0) > 0 &&
  (await host.kernel.sysctl(`net/ipv6/conf/${device}/disable_ipv6`)) !== '1';

export const ipv6: Area = {
  name: 'IPv6 and dual stack',
  scenarios: {
    'AC-040': scenario(staticOn({}, 'eth1', 'bridge')),
    'AC-041': scenario(staticOn({ vlan: 121 }, 'eth1', 'bridge')),
    'AC-042': scenario(staticOn({}, 'bond1', 'bridge')),
    'AC-043': scenario(staticOn({ vlan: 122 }, 'bond1', 'bridge')),
    'AC-044': alsoInLab(staticOn({ vm: false }, 'eth1', 'eth1')),
    'AC-045': scenario(staticOn({ vm: false, vlan: 123 }, 'eth1', 'eth1.123')),
    'AC-046': alsoInLab(async ({ network, host }) => {
      const [V, tagged, W] = [await network(), await network({ vlan: 124 }), await network()];
      await host.accepts(bond1);
      const carriers = [
        { wanted: V, nic: 'eth1', below: 'eth1' },
        { wanted: tagged, nic: 'eth4', below: 'eth4.124' },
        { wanted: W, nic: 'bond1', below: 'bond1' },
      ];
      for (const { wanted, nic, below } of carriers) {
        await host.accepts(setupNetworks(attach(wanted, nic, ip(v6.autoconf()))));
        assert.equal(shownAddress(await host.attachment(wanted), 'v6').method, 'autoconf');
        assert.equal(await accepts(host, wanted.vdsmName), true, `${wanted.vdsmName} hears routers`);
        assert.equal(await accepts(host, below), false, `${below} does not`);
      }
    }),
    'AC-047': scenario(methodOn('dhcp', { nic: 'eth1' }, { nic: 'eth2', vlan: 125 })),
    'AC-048': scenario(methodOn('dhcp', { nic: 'eth1', vm: false }, { nic: 'eth2', vm: false, vlan: 126 })),
    'AC-049': scenario(async ({ network, host }) => {
      const V = await network();
      for (const last of ['a', 'b']) {
        await host.accepts(setupNetworks(attach(V, 'eth1', ip(v6.static(`2001:db8:1::${last}`, 64)))));
      }
      assert.deepEqual(await held(host, V.vdsmName), ['2001:db8:1::b/64']);
    }),
    'AC-050': alsoInLab(async ({ network, host }) => {
      const V = await network();
      for (const last of [1, 2]) {
        const both = ip(v4.static(`192.0.2.${last}`, 24), v6.static(`2001:db8:1::${last}`, 64));
        await host.accepts(setupNetworks(attach(V, 'eth1', both)));
      }
      assert.deepEqual(await held(host, V.vdsmName), ['192.0.2.2/24', '2001:db8:1::2/64']);
    }),
    'AC-051': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(attach(V, 'eth1', ip(v6.static('2001:db8:1::51', 64)))));
      await host.accepts(setupNetworks(attach(V, 'eth1', ip(v6.dhcp()))));
      assert.equal(shownAddress(await host.attachment(V), 'v6').method, 'dhcp');
      assert.deepEqual(await held(host, V.vdsmName), []);
    }),
    'AC-052': scenario(bothOn({}, 'bridge')),
    'AC-053': scenario(bothOn({ vlan: 127 }, 'bridge')),
    'AC-054': scenario(bothOn({ vm: false }, 'eth1')),
    'AC-055': alsoInLab(async ({ network, host }) => {
      const V = await network({ name: 'VM-netzwerk für Gäste, 网络', vlan: 100 });
      const both = ip(v4.static('192.0.55.1', 24), v6.static('2001:0db8:0055::0001', 64));
      await host.accepts(setupNetworks(attach(V, 'eth0', both)));
      const nic = await host.nic('eth0.100');
      assert.deepEqual([nic.ip?.address, canonical(nic.ipv6?.address ?? '::')], ['192.0.55.1', '2001:db8:55::1']);
      assert.match(V.vdsmName, /^on[0-9a-f]{13}$/);
      assert.deepEqual(await held(host, V.vdsmName), ['192.0.55.1/24', '2001:db8:55::1/64']);
      assert.equal((await host.attachment(V)).in_sync, true);
    }),
    'AC-056': scenario(async ({ network, host }) => {
      const V = await network();
      const untold = { assignment_method: 'static', ip: { address: '2001:db8:1::20', netmask: '64' } };
      await host.accepts(nicPost('eth1', V, ip(untold)));
      assert.equal(shownAddress(await host.attachment(V), 'v6').address, '2001:db8:1::20/64');
    }),
    'AC-057': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      await host.refuses(put(V, ip(v6.static('2001:db8:1::57', 'ffff::'))), 400, 'REQ-05', 'ffff::');
    }),
    'AC-058': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      await host.refuses(put(V, ip(v6.static('2001:db8:1::58'))), 400, 'IP-04', V.name);
    }),
    'AC-059': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      for (const method of [v6.none, v6.dhcp]) {
        for (const detail of [{ address: '2001:db8:1::59' }, { netmask: '64' }, { gateway: '2001:db8:1::1' }]) {
          await host.refuses(put(V, ip(method(detail))), 400, 'IP-05', V.name);
        }
      }
    }),
  },
};
