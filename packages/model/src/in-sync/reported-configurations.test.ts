import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attachment } from '../entities.ts';
import type { ObservedHost, ObservedNetwork } from '../observed.ts';
import { drift, hostState, ip, ipv4Static, ipv6Static, type NetworkScene, qos, type Scene } from '../testing.ts';
import { isInSync, reportedConfigurations } from './reported-configurations.ts';

interface Case {
  network?: NetworkScene;
  attached?: Partial<Attachment>;
  actual?: Partial<ObservedNetwork>;
  servers?: string[];
  scene?: Scene;
}

function entries({ network = {}, attached = {}, actual = {}, servers, scene }: Case) {
  const state = hostState({
    networks: { red: network },
    attached: { red: { nic: 'eth0', ...attached } },
    observed: (all) => ({ ...drift('red', actual)(all), ...(servers ? { nameservers: servers } : {}) }),
    ...scene,
  });
  const [attachment] = state.attachments;
  assert.ok(attachment);
  return { all: reportedConfigurations(state, attachment), inSync: isInSync(state, attachment) };
}

/** Only what differs, as `name: host actual, wanted expected`. */
const differences = (one: Case) =>
  (entries(one).all ?? [])
    .filter((entry) => !entry.inSync)
    .map((entry) => `${entry.name}: host ${entry.actual}, wanted ${entry.expected}`);

const host4 = (address: string, prefix: number, gateway: string | null = null) => ({
  ipv4: { method: 'static' as const, address, prefix, gateway },
});
const host6 = (address: string, prefix: number, gateway: string | null = null) => ({
  ipv6: { method: 'static' as const, address, prefix, gateway },
});

test('As wished is in sync, and the list is whole, in order', () => {
  const { all, inSync } = entries({
    network: { roles: ['defaultRoute'], vlan: 5, mtu: 9000, nameservers: ['10.0.0.2', '10.0.0.1'] },
    attached: { ipv4: ipv4Static('10.0.0.5', '24', '10.0.0.1'), ipv6: ipv6Static('2001:db8::5', '64', '2001:db8::1') },
  });
  assert.equal(inSync, true);
  assert.deepEqual(
    all?.map(({ name, expected, actual }) => [name, expected, actual]),
    [
      ['mtu', '9000', '9000'],
      ['bridged', 'true', 'true'],
      ['vlan', '5', '5'],
      ['switchType', 'LEGACY', 'LEGACY'],
      ['ipv4_boot_protocol', 'STATIC_IP', 'STATIC_IP'],
      ['ipv4_netmask', '24', '255.255.255.0'],
      ['ipv4_address', '10.0.0.5', '10.0.0.5'],
      ['ipv4_gateway', '10.0.0.1', '10.0.0.1'],
      ['ipv6_boot_protocol', 'STATIC_IP', 'STATIC_IP'],
      ['ipv6_prefix', '64', '64'],
      ['ipv6_address', '2001:db8::5', '2001:db8::5'],
      ['ipv6_gateway', '2001:db8::1', '2001:db8::1'],
      ['dns_configuration', '10.0.0.1,10.0.0.2', '10.0.0.1,10.0.0.2'],
      ['default_route', 'true', 'true'],
    ],
  );
});

test('Each property can differ', () => {
  const table: [Case, string[]][] = [
    [{ network: { mtu: 5000 }, actual: { mtu: 9000 } }, ['mtu: host 9000, wanted 5000']],
    [{ actual: { mtu: 9000 } }, ['mtu: host 9000, wanted 1500']],
    [{ network: { vm: false }, actual: { bridged: true } }, ['bridged: host true, wanted false']],
    [{ network: { vlan: 5 }, actual: { vlan: null } }, ['vlan: host null, wanted 5']],
    [{ actual: { vlan: 6 } }, ['vlan: host 6, wanted null']],
    [{ actual: { switchType: 'ovs' } }, ['switchType: host OVS, wanted LEGACY']],
    [{ actual: host4('10.0.0.5', 24) }, ['ipv4_boot_protocol: host STATIC_IP, wanted NONE']],
    [
      { attached: { ipv4: ip('dhcp') }, actual: host4('10.0.0.5', 24) },
      ['ipv4_boot_protocol: host STATIC_IP, wanted DHCP'],
    ],
    [
      { attached: { ipv4: ipv4Static('10.0.0.5', '255.255.255.0') }, actual: host4('10.0.0.5', 32) },
      ['ipv4_netmask: host 255.255.255.255, wanted 255.255.255.0'],
    ],
    [
      { attached: { ipv4: ipv4Static('10.0.0.5', '24') }, actual: host4('10.0.0.6', 24) },
      ['ipv4_address: host 10.0.0.6, wanted 10.0.0.5'],
    ],
    [
      { attached: { ipv4: ipv4Static('10.0.0.5', '24', '10.0.0.1') }, actual: host4('10.0.0.5', 24) },
      ['ipv4_gateway: host null, wanted 10.0.0.1'],
    ],
    [
      {
        attached: { ipv6: ip('autoconf') },
        actual: { ipv6: { method: 'poly_dhcp_autoconf', address: null, prefix: null, gateway: null } },
      },
      ['ipv6_boot_protocol: host POLY_DHCP_AUTOCONF, wanted AUTOCONF'],
    ],
    [
      { attached: { ipv6: ipv6Static('2001:db8::5') }, actual: host6('2001:db8::6', 48) },
      ['ipv6_prefix: host 48, wanted 64', 'ipv6_address: host 2001:db8::6, wanted 2001:db8::5'],
    ],
    [
      { network: { roles: ['defaultRoute'] }, actual: { defaultRoute: false } },
      ['default_route: host false, wanted true'],
    ],
    [{ actual: { defaultRoute: true } }, ['default_route: host true, wanted false']],
    [
      { network: { roles: ['defaultRoute'], nameservers: ['10.0.0.1', '10.0.0.2'] }, servers: ['10.0.0.1'] },
      ['dns_configuration: host 10.0.0.1, wanted 10.0.0.1,10.0.0.2'],
    ],
    [
      { network: { qos: qos(20, 20, 20) }, actual: { qos: qos(10, 10, 10) } },
      [
        'outAverageLinkShare: host 10, wanted 20',
        'outAverageUpperLimit: host 10, wanted 20',
        'outAverageRealTime: host 10, wanted 20',
      ],
    ],
    [
      { network: { qos: qos(10, 10) }, actual: { qos: null } },
      ['outAverageLinkShare: host null, wanted 10', 'outAverageUpperLimit: host null, wanted 10'],
    ],
    [
      { network: { qos: qos(10) }, attached: { qos: qos(null) }, actual: { qos: qos(10) } },
      ['outAverageLinkShare: host 10, wanted null'],
    ],
  ];
  for (const [given, expected] of table) assert.deepEqual(differences(given), expected, JSON.stringify(given));
});

test('Equal by meaning is in sync', () => {
  const table: Case[] = [
    { network: { mtu: 1500 }, actual: { mtu: 1500 } },
    { attached: { ipv4: ipv4Static('10.0.0.5', '24', '0.0.0.0') }, actual: host4('10.0.0.5', 24) },
    { attached: { ipv6: ipv6Static('2001:db8:0::1') }, actual: host6('2001:db8::1', 64) },
    {
      attached: { ipv4: ip('dhcp') },
      actual: { ipv4: { method: 'dhcp', address: '10.0.0.77', prefix: 24, gateway: '10.0.0.1' } },
    },
    {
      network: { roles: ['defaultRoute'], nameservers: ['10.0.0.2', '2001:DB8::1'] },
      servers: ['2001:db8::1', '10.0.0.9', '10.0.0.2'],
    },
    { network: { roles: ['defaultRoute'] }, servers: ['10.0.0.9'] },
    { network: { nameservers: ['10.0.0.2'] }, servers: [] },
    {
      network: { roles: ['defaultRoute'], nameservers: ['10.0.0.9'] },
      attached: { nameservers: ['10.0.0.2'] },
      servers: ['10.0.0.2'],
    },
    {
      network: { roles: ['defaultRoute'] },
      actual: { defaultRoute: false, ...host6('2001:db8::5', 64, 'fe80::1') },
      attached: { ipv6: ipv6Static('2001:db8::5', '64', 'fe80::1') },
    },
    { attached: { ipv6: ipv6Static('2001:db8::5', '64', '2001:db8::1') } },
  ];
  for (const given of table) assert.deepEqual(differences(given), [], JSON.stringify(given));
});

test('What oVirt does not compare is told where it differs, and is no reason to be out of sync', () => {
  const told = (one: Case) => {
    const { all, inSync } = entries(one);
    assert.equal(inSync, true);
    return (all ?? []).flatMap(({ name, expected, actual }) =>
      name.startsWith('x_') ? [[name, expected, actual]] : [],
    );
  };
  assert.deepEqual(told({}), []);
  assert.deepEqual(told({ actual: { base: 'eth1' } }), [['x_nic', 'eth0', 'eth1']]);
  assert.deepEqual(told({ actual: { base: null } }), [['x_nic', 'eth0', null]]);
  assert.deepEqual(told({ network: { stp: true }, actual: { stp: false } }), [['x_stp', 'true', 'false']]);
  const properties = { bridge_opts: 'priority=1 group_fwd_mask=8 ageing_time=7' };
  const bridgeOptions = { priority: '32768', group_fwd_mask: '0x8', forward_delay: '1500' };
  assert.deepEqual(told({ attached: { properties }, actual: { bridgeOptions } }), [
    [
      'x_custom_properties',
      'bridge_opts: ageing_time=7 group_fwd_mask=8 priority=1',
      'bridge_opts: ageing_time=7 group_fwd_mask=8 priority=32768',
    ],
  ]);
  const two = { properties: { ipv4_addrs: '10.0.0.6/24 10.0.0.7/24' } };
  assert.deepEqual(told({ attached: two, actual: { moreAddresses: ['10.0.0.7/24'] } }), [
    ['x_custom_properties', 'ipv4_addrs: 10.0.0.6/24,10.0.0.7/24', 'ipv4_addrs: 10.0.0.7/24'],
  ]);
  const offload = { properties: { ethtool_opts: '-K * gro off tx off' } };
  const withGro = (all: ObservedHost): ObservedHost => ({
    ...all,
    nics: all.nics.map((nic) => ({ ...nic, ethtool: { features: { gro: 'on', tx: 'off' } } })),
  });
  assert.deepEqual(
    told({ scene: { networks: { red: {} }, attached: { red: { nic: 'eth0', ...offload } }, observed: withGro } }),
    [['x_custom_properties', 'ethtool_opts: eth0 gro off, eth0 tx off', 'ethtool_opts: eth0 gro on, eth0 tx off']],
  );
  const scene: Scene = {
    networks: { red: {} },
    bonds: { bond0: { slaves: ['eth2', 'eth3'], options: 'mode=active-backup' } },
    attached: { red: 'bond0' },
  };
  const asOther = (mode: string): Case => ({
    scene: {
      ...scene,
      observed: (all) => ({
        ...all,
        nics: all.nics.map((nic) => (nic.bond === null ? nic : { ...nic, bond: { ...nic.bond, options: { mode } } })),
      }),
    },
  });
  assert.deepEqual(told(asOther('4')), [['x_bond_mode', '1', '4']]);
  assert.deepEqual(told(asOther('1')), []);
});

test('A network that is not on the host is missing, and says nothing else', () => {
  const { all, inSync } = entries({ scene: { observed: (all) => ({ ...all, networks: [] }) } });
  assert.deepEqual(all, [{ name: 'x_missing_on_host', expected: 'false', actual: 'true', inSync: false }]);
  assert.equal(inSync, false);
});

test('Nothing is known of a host that has not reported, or of a network the cluster lost', () => {
  const never = entries({ scene: { observed: () => null } });
  assert.deepEqual([never.all, never.inSync], [null, null]);
  const lost = entries({ scene: { networks: {} } });
  assert.deepEqual([lost.all, lost.inSync], [null, null]);
});
