import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { bond, ip4, network, TestHost } from '../host-for-tests.ts';
import { planFor, planRestore } from '../plan-for.ts';

type Part = Parameters<typeof network>[0];

describe('what cannot be is refused before anything is done', () => {
  const host = TestHost.managed();
  const net = (part: Parameters<typeof network>[0], bonds: HostConfig['bonds'] = {}): HostConfig => ({
    bonds,
    networks: { n: network(part) },
  });
  const cases: [string, HostConfig, string][] = [
    ['unknown nic', net({ base: 'eth9' }), 'ERR_BAD_NIC'],
    ['unknown member', { bonds: { bond0: bond(['eth9']) }, networks: {} }, 'ERR_BAD_NIC'],
    ['nic in two bonds', { bonds: { bond0: bond(['eth1']), bond1: bond(['eth1']) }, networks: {} }, 'ERR_USED_NIC'],
    ['nic in bond and network', net({ base: 'eth1' }, { bond0: bond(['eth1']) }), 'ERR_USED_NIC'],
    [
      'same VLAN twice',
      { bonds: {}, networks: { a: network({ base: 'eth1', vlan: 0 }), b: network({ base: 'eth1', vlan: 0 }) } },
      'ERR_BAD_PARAMS',
    ],
    ['VLAN name too long', net({ base: 'bond0123456', vlan: 4094 }, { bond0123456: bond(['eth1']) }), 'ERR_BAD_VLAN'],
    ['VLAN on nothing', net({ vlan: 5 }), 'ERR_BAD_VLAN'],
    ['bridgeless on nothing', net({ bridged: false }), 'ERR_BAD_PARAMS'],
    [
      'bond option',
      { bonds: { bond0: bond(['eth1'], { mode: '1', lacp_rate: 'fast' }) }, networks: {} },
      'ERR_BAD_BONDING',
    ],
    [
      'primary elsewhere',
      { bonds: { bond0: bond(['eth1'], { mode: '1', primary: 'eth2' }) }, networks: {} },
      'ERR_BAD_BONDING',
    ],
    ['MTU above the device', net({ base: 'eth1', mtu: 9001 }), 'ERR_BAD_PARAMS'],
    ['IPv6 in a small MTU', net({ base: 'eth1', mtu: 1279, ipv6: { method: 'autoconf' } }), 'ERR_BAD_PARAMS'],
    ['bridge option', net({ base: 'eth1', bridgeOptions: { colour: '1' } }), 'ERR_BAD_PARAMS'],
    ['gateway elsewhere', net({ base: 'eth1', ipv4: ip4('192.0.2.5', '198.51.100.1') }), 'ERR_BAD_ADDR'],
    [
      'HT-171 name servers away from the default route',
      net({ base: 'eth1', nameservers: ['192.0.2.53'] }),
      'ERR_BAD_PARAMS',
    ],
    ['bridge named like a nic', { bonds: {}, networks: { eth2: network({ base: 'eth1' }) } }, 'ERR_BAD_BRIDGE'],
  ];
  for (const [name, config, code] of cases) test(name, () => assert.equal(host.problem(config), code));

  test('HT-172 a name server may be link-local, with the device to find it on', () => {
    const servers = (...nameservers: string[]) => net({ base: 'eth1', defaultRoute: true, nameservers });
    assert.ok(planFor(host.state, servers('192.0.2.53', '2001:db8::53', 'fe80::1%br0')).ok);
    for (const bad of ['192.0.2.53%br0', 'fe80::1%', 'fe80::1%a b', '2001:db8::1%br0', '192.0.2.53\nsearch x', 'ns']) {
      assert.equal(host.problem(servers(bad)), 'ERR_BAD_ADDR', bad);
    }
  });

  test('HT-168 a kernel without IPv6 takes no network with it, and a host without a client none that leases', () => {
    const able = { ipv6: true, dhcp4: true, dhcp6: true };
    const dhcp: Part = { ipv4: { method: 'dhcp' } };
    const six = (method: 'autoconf' | 'dhcp' | 'poly_dhcp_autoconf'): Part => ({ ipv6: { method } });
    const cases: [Partial<typeof able>, Part[], Part[]][] = [
      [{ ipv6: false }, [six('autoconf'), six('dhcp')], [dhcp, {}]],
      [{ dhcp4: false }, [dhcp], [six('dhcp'), {}]],
      [{ dhcp6: false }, [six('dhcp'), six('poly_dhcp_autoconf')], [six('autoconf'), dhcp]],
    ];
    for (const [lack, refused, taken] of cases) {
      const capabilities = { ...able, ...lack };
      const links = host.state.links.map((link) => ({ ...link, ipv6Disabled: !capabilities.ipv6 }));
      const state = { ...host.state, links, capabilities };
      for (const part of [...refused, ...taken]) {
        const planned = planFor(state, net({ base: 'eth1', ...part }));
        assert.equal(planned.ok, taken.includes(part), JSON.stringify([lack, part]));
        if (!planned.ok) assert.equal(planned.problem.code, 'ERR_UNSUPPORTED');
      }
    }
  });

  test('HT-084 an MTU that a device cannot carry is refused with the limit of the device', () => {
    const sentence = (config: HostConfig) => {
      const planned = planFor(host.state, config);
      return planned.ok ? null : planned.problem.message;
    };
    const bonds = { bond0: bond(['eth1', 'eth2']) };
    assert.equal(sentence(net({ base: 'eth1', mtu: 9001 })), 'eth1 carries at most 9000 bytes, not 9001.');
    assert.equal(sentence(net({ base: 'eth1', vlan: 5, mtu: 9001 })), 'eth1 carries at most 9000 bytes, not 9001.');
    assert.equal(sentence(net({ base: 'bond0', mtu: 9001 }, bonds)), 'eth1 carries at most 9000 bytes, not 9001.');
    assert.equal(sentence(net({ base: 'eth1', mtu: 9000 })), null);
  });

  test('a nic in a foreign bridge', () => {
    const taken = new TestHost();
    taken.run([
      { kind: 'link.add', name: 'shop', type: 'bridge', mac: null, base: null, vlan: null, options: {} },
      { kind: 'link.set', name: 'shop', group: 0 },
      { kind: 'link.set', name: 'eth1', master: 'shop' },
    ]);
    const said = (config: HostConfig) => {
      const planned = planFor(taken.state, config);
      return planned.ok ? null : `${planned.problem.code} ${planned.problem.message}`;
    };
    const inUse = 'ERR_USED_NIC eth1 is a port of shop, which is not managed here';
    assert.equal(said(net({ base: 'eth1' })), `${inUse}; a network called shop would take it over.`);
    assert.equal(said(net({ base: 'eth1', bridged: false })), `${inUse}.`);
    assert.equal(said({ bonds: { bond0: bond(['eth1']) }, networks: {} }), `${inUse}.`);
    taken.apply({ bonds: {}, networks: { shop: network({ base: 'eth1' }) } });
    assert.equal(taken.link('shop').alias, 'patchbay:bridge:shop');
  });

  test('a bridge that containers or libvirt have made for themselves', () => {
    const taken = new TestHost();
    taken.run([
      { kind: 'link.add', name: 'virbr0', type: 'bridge', mac: null, base: null, vlan: null, options: {} },
      { kind: 'link.set', name: 'virbr0', group: 0 },
    ]);
    assert.equal(taken.problem({ bonds: {}, networks: { virbr0: network({ base: 'eth1' }) } }), 'ERR_BAD_BRIDGE');
    taken.run([{ kind: 'link.set', name: 'eth1', master: 'virbr0' }]);
    const port = planFor(taken.state, net({ base: 'eth1' }));
    assert.ok(!port.ok && port.problem.message === 'eth1 is a port of virbr0, which is not managed here.');
  });
});

describe('what other hands have put on devices of ours', () => {
  /** A bond with VLAN 5, and a bridge without a nic. */
  const whole: HostConfig = {
    bonds: { bond0: bond(['eth1', 'eth2']) },
    networks: { red: network({ base: 'bond0', vlan: 5, bridged: false }), blue: network({}) },
  };
  const put = (host: TestHost, type: string, base: string): TestHost => {
    const { index: _, ...nic } = host.link('eth5');
    const kind = type === 'vlan' ? type : 'other';
    host.world.insert({ ...nic, name: 'theirs', kind, type, base, vlan: kind === 'vlan' ? 9 : null });
    return host;
  };
  const ours = (): TestHost => {
    const host = TestHost.managed();
    host.apply(whole);
    return host;
  };
  const said = ({ state }: TestHost, config: HostConfig) => {
    const planned = planFor(state, config);
    return planned.ok ? null : `${planned.problem.code} ${planned.problem.message}`;
  };
  const stands = (base: string) =>
    `${base} cannot be removed: theirs, which is not managed here, stands on it and would go too; remove that first.`;

  test('is not removed with them', () => {
    const { red: _, ...withoutRed } = whole.networks;
    const { blue: __, ...withoutBlue } = whole.networks;
    const cases: [string, string, HostConfig][] = [
      ['bond0', 'ERR_USED_BOND', { bonds: {}, networks: { blue: network({}) } }],
      ['bond0.5', 'ERR_BAD_VLAN', { ...whole, networks: withoutRed }],
      ['bond0.5', 'ERR_BAD_VLAN', { ...whole, networks: { ...withoutRed, red: network({ base: 'bond0', vlan: 6 }) } }],
      ['blue', 'ERR_BAD_BRIDGE', { ...whole, networks: withoutBlue }],
    ];
    for (const [base, code, less] of cases) {
      for (const type of ['vlan', 'macvlan', 'vxlan']) {
        assert.equal(said(put(ours(), type, base), less), `${code} ${stands(base)}`, `${type} on ${base}`);
      }
      assert.equal(said(ours(), less), null, 'nothing stands on it');
      assert.equal(said(put(ours(), 'macvlan', base), whole), null, 'it stays');
      assert.equal(said(put(ours(), 'macvlan', 'eth4'), less), null, 'it stands elsewhere');
    }
  });

  test('is not removed either with a VLAN device that has to be made anew', () => {
    const host = ours();
    host.run([
      { kind: 'link.add', name: 'eth3.5', type: 'vlan', mac: null, base: 'eth4', vlan: 5, options: {} },
      { kind: 'link.set', name: 'eth3.5', alias: 'patchbay:vlan:grey' },
    ]);
    const config = { ...whole, networks: { ...whole.networks, grey: network({ base: 'eth3', vlan: 5 }) } };
    assert.equal(said(host, config), null);
    assert.equal(said(put(host, 'ipvlan', 'eth3.5'), config), `ERR_BAD_VLAN ${stands('eth3.5')}`);
  });

  test('keeps the device below out of bonds and bridges where it receives in their place', () => {
    const { bonds } = whole;
    const cases: [string, string, HostConfig][] = [
      ['eth3', 'bond0', { ...whole, bonds: { bond0: bond(['eth1', 'eth2', 'eth3']) } }],
      ['eth3', 'grey', { ...whole, networks: { ...whole.networks, grey: network({ base: 'eth3' }) } }],
      ['bond0', 'grey', { ...whole, networks: { ...whole.networks, grey: network({ base: 'bond0' }) } }],
      ['bond0.5', 'red', { bonds, networks: { ...whole.networks, red: network({ base: 'bond0', vlan: 5 }) } }],
    ];
    for (const [base, master, more] of cases) {
      for (const type of ['macvlan', 'macvtap', 'ipvlan', 'ipvtap', 'macsec']) {
        const sentence = `${base} cannot be a port of ${master} while theirs (${type}) stands on it; remove that first.`;
        assert.equal(said(put(ours(), type, base), more), `ERR_USED_NIC ${sentence}`);
      }
      assert.equal(said(put(ours(), 'macvlan', 'eth4'), more), null, 'it stands elsewhere');
      assert.equal(said(put(ours(), 'vxlan', base), more), null, 'tunnels come after');
    }
    const beside: HostConfig = { bonds, networks: { ...whole.networks, grey: network({ base: 'eth3', vlan: 5 }) } };
    const alone = { bonds, networks: { ...whole.networks, grey: network({ base: 'eth3', bridged: false }) } };
    for (const more of [beside, alone]) assert.equal(said(put(ours(), 'macvlan', 'eth3'), more), null);
    const untagged = { bonds, networks: { ...whole.networks, grey: network({ base: 'bond0' }) } };
    assert.equal(said(put(ours(), 'vlan', 'bond0'), untagged), null, 'VLANs come before');
  });

  test('goes in a revert with what the change made, for there is no other way back', () => {
    const host = TestHost.managed();
    const before = host.state;
    host.apply(whole);
    put(host, 'macvlan', 'bond0');
    const { ops } = planRestore(host.state, before);
    host.run(ops);
    assert.deepEqual(
      [...host.world.links.keys()],
      before.links.map(({ name }) => name),
    );
  });
});
