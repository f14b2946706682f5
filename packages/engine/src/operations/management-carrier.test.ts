import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostReport, LinkReport } from '@patchbay/protocol';
import { managementCarrier } from './management-carrier.ts';
import { anAddress, aReport } from './testing.ts';

function link(name: string, kind: LinkReport['kind'], part: Partial<LinkReport> = {}): LinkReport {
  return {
    ...{ index: 0, name, kind, mac: null, permanentMac: null, mtu: 1500, minMtu: null, maxMtu: null },
    ...{ adminUp: true, operState: 'UP', carrier: true, master: null, base: null, vlan: null, alias: null },
    ...{
      group: 'default',
      speed: null,
      ipv6Disabled: false,
      bond: null,
      slave: null,
      bridge: null,
      addresses: [anAddress('192.0.2.5/24')],
    },
    ...part,
  };
}

const route = { family: 4, table: 254, destination: 'default', protocol: 'boot', metric: null } as const;
const by = (device: string | null, ...links: LinkReport[]): HostReport => ({
  ...aReport(links),
  routes: [{ ...route, gateway: '192.0.2.1', device }],
});
const ovirtmgmt = { name: 'ovirtmgmt', vdsmName: 'ovirtmgmt', vlan: null, vm: true };
const carrier = (report: HostReport, network = {}) => {
  const found = managementCarrier(report, 'node1', { ...ovirtmgmt, ...network });
  return typeof found === 'string' ? found : [found.nic, found.device.name];
};

const bond = [link('eth0', 'nic', { master: 'bond0' }), link('bond0', 'bond')];
const tagged = (more: Partial<LinkReport> = {}) => [
  ...bond,
  link('bond0.100', 'vlan', { base: 'bond0', vlan: 100, ...more }),
];
const tap = link('tap0', 'other', { master: 'br0', type: 'tun' });

describe('where the management network of a new host goes', () => {
  test('to the nic or bond below the default route, whatever is between them', () => {
    assert.deepEqual(carrier(by('eth0', link('eth0', 'nic'))), ['eth0', 'eth0']);
    assert.deepEqual(carrier(by('bond0', ...bond)), ['bond0', 'bond0']);
    assert.deepEqual(carrier(by('bond0.100', ...tagged()), { vlan: 100 }), ['bond0', 'bond0.100']);
    const six = { ...route, family: 6, gateway: 'fe80::1', device: 'eth0' } as const;
    const onlySix = link('eth0', 'nic', { addresses: [anAddress('2001:db8::5/64')] });
    assert.deepEqual(carrier({ ...aReport([onlySix]), routes: [six] }), ['eth0', 'eth0']);
    const bridged = by('br0', ...tagged({ master: 'br0' }), link('br0', 'bridge'), tap);
    assert.deepEqual(carrier(bridged, { vdsmName: 'br0', vlan: 100 }), ['bond0', 'br0']);
    const untagged = by('ovirtmgmt', link('eth0', 'nic', { master: 'ovirtmgmt' }), link('ovirtmgmt', 'bridge'));
    assert.deepEqual(carrier(untagged), ['eth0', 'ovirtmgmt']);
  });

  test('a bridge of another name is not taken, and what helps is said', () => {
    const said = carrier(by('br0', ...tagged({ master: 'br0' }), link('br0', 'bridge'), tap), { vlan: 100 });
    assert.equal(
      said,
      'The default route of host node1 is on bridge br0, and the bridge of network ovirtmgmt is ovirtmgmt. As long as no host has the network, rename it to br0 and activate the host; else remove the host and let it join a cluster whose management network is called so, or call the bridge ovirtmgmt on the host and activate it.',
    );
  });

  test('elsewhere it goes nowhere, and it is said what is there', () => {
    const br0 = link('br0', 'bridge');
    const two = [link('eth0', 'nic', { master: 'br0' }), link('eth1', 'nic', { master: 'br0' })];
    const cases: [what: string | string[], RegExp][] = [
      [carrier(by('br0', ...two, br0)), /is on bridge br0 with eth0 and eth1 in it.* Leave one in it/],
      [carrier(by('br0', br0, tap)), /is on bridge br0 with no nic, bond or VLAN in it/],
      [carrier(by('wg0', link('wg0', 'other', { type: 'wireguard' }))), /is on wg0 \(wireguard\), which is on no nic/],
      [carrier(by('br0.5', br0, link('br0.5', 'vlan', { base: 'br0', vlan: 5 }))), /VLAN device br0.5, which is on no/],
      [carrier(by('eth0', link('eth0', 'nic', { addresses: [] }))), /nic eth0, which has no address to go with it/],
      [carrier(by(null, link('eth0', 'nic'))), /has several ways/],
      [carrier(aReport([link('eth0', 'nic')])), /no default route in its main routing table/],
      [
        carrier({
          ...by('eth0', link('eth0', 'nic')),
          routes: [{ ...route, table: 10, gateway: null, device: 'eth0' }],
        }),
        /no default route in its main routing table.* into maintenance, and attach network ovirtmgmt to a nic/,
      ],
      [
        carrier(by('bond0.100', ...tagged())),
        /VLAN 100 on bond0, and network ovirtmgmt has no VLAN\. Give .* VLAN 100/,
      ],
      [carrier(by('bond0.100', ...tagged({ vlan: null }))), /with a tag of another protocol than 802\.1Q/],
      [carrier(by('bond0', ...bond), { vlan: 7 }), /with no VLAN on bond0, and network ovirtmgmt has VLAN 7\./],
      [
        carrier(by('ovirtmgmt', link('eth0', 'nic', { master: 'ovirtmgmt' }), link('ovirtmgmt', 'bridge')), {
          vm: false,
        }),
        /on bridge ovirtmgmt, and network ovirtmgmt has no bridge/,
      ],
    ];
    for (const [said, expected] of cases) assert.match(String(said), expected);
  });
});
