import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AddressReport, HostReport, LinkReport, NetworkConfig, RouteReport } from '@patchbay/protocol';
import { observedFromReport } from './observed.ts';

const link = (name: string, more: Partial<LinkReport>): LinkReport => ({
  ...{ index: 1, name, kind: 'nic', mac: null, permanentMac: null, mtu: 1500, minMtu: null, maxMtu: null },
  ...{ adminUp: true, operState: 'UP', carrier: true, master: null, base: null, vlan: null, alias: null },
  ...{ group: 'default', speed: null, ipv6Disabled: false, bond: null, slave: null, bridge: null, addresses: [] },
  ...more,
});
const report = (...links: LinkReport[]): HostReport => ({
  ...{ bootId: 'b', hostName: 'h', kernel: 'k', links, routes: [], rules: [], nameservers: [], dhcp: [] },
  ...{ running: { bonds: {}, networks: {} }, committed: true, stateVersion: 1 },
});
const none = { total: 0, current: 0, held: 0 };

test('Functions know their nic, and a nic how many of them were given away, whole or by a device of a VM', () => {
  const { nics } = observedFromReport(
    report(
      link('eth1', {}),
      link('eth5', { sriov: { total: 7, current: 3, held: 1, pf: null, vfIndex: null } }),
      link('eth5v0', { sriov: { ...none, pf: 'eth5', vfIndex: 0 } }),
      link('eth5v1', { kind: 'other', sriov: { ...none, pf: 'eth5', vfIndex: 1 } }),
      link('far', { sriov: { ...none, pf: null, vfIndex: null } }),
    ),
  );
  assert.deepEqual(
    nics.map(({ name, sriov, physicalFunction }) => [name, sriov, physicalFunction]),
    [
      ['eth1', undefined, undefined],
      ['eth5', { total: 7, current: 3, held: 2 }, undefined],
      ['eth5v0', undefined, 'eth5'],
      ['far', undefined, undefined],
    ],
  );
});

const address = (address: string, part: Partial<AddressReport> = {}): AddressReport => ({
  ...{ family: 4, address, prefix: 24, scope: 'global', origin: 'static' as const },
  ...{ tentative: false, dadFailed: false, validFor: null },
  ...part,
});
test('What a nic itself has is told, by whomever it was given', () => {
  const [none, fixed, leased] = observedFromReport({
    ...report(
      link('eth1', { addresses: [address('fe80::1', { family: 6, prefix: 64, scope: 'link' })] }),
      link('eth2', { addresses: [address('198.51.100.5'), address('2001:db8::5', { family: 6, prefix: 64 })] }),
      link('eth3', {
        addresses: [
          address('203.0.113.6', { prefix: 25, validFor: 600 }),
          address('2001:db8::6', { family: 6, prefix: 64, origin: 'ra', validFor: 600 }),
        ],
      }),
    ),
    routes: [{ family: 4, table: 254, destination: 'default', gateway: '198.51.100.1', device: 'eth2' } as RouteReport],
  }).nics.map(({ ipv4, ipv6 }) => [ipv4, ipv6]);
  assert.deepEqual(none, [undefined, undefined]);
  assert.deepEqual(fixed, [
    { method: 'static', address: '198.51.100.5', prefix: 24, gateway: '198.51.100.1' },
    { method: 'static', address: '2001:db8::5', prefix: 64, gateway: null },
  ]);
  assert.deepEqual(leased, [
    { method: 'dhcp', address: '203.0.113.6', prefix: 25, gateway: null },
    { method: 'autoconf', address: '2001:db8::6', prefix: 64, gateway: null },
  ]);
});

const blue = (part: Partial<NetworkConfig>): NetworkConfig => ({
  ...{ base: 'eth1', vlan: null, bridged: false, stp: false, mtu: 1500, ipv4: { method: 'none' } },
  ...{ ipv6: { method: 'none' }, defaultRoute: false, nameservers: null, bridgeOptions: {} },
  ...part,
});
function seen(config: Partial<NetworkConfig>, addresses: AddressReport[], routes: RouteReport[] = []) {
  const host = {
    ...report(link('eth1', { addresses })),
    routes,
    running: { bonds: {}, networks: { blue: blue(config) } },
  };
  return observedFromReport(host).networks[0];
}

test('HT-178 of several addresses the one that the network has is told, wherever it stands, else the first', () => {
  const ipv4 = { method: 'static', address: '198.51.100.5', prefix: 24, gateway: '198.51.100.1' } as const;
  const several = [address('203.0.113.6', { prefix: 25 }), address('198.51.100.5')];
  const { address: told, prefix } = seen({ ipv4 }, several)?.ipv4 ?? {};
  assert.deepEqual([told, prefix], ['198.51.100.5', 24]);
  assert.equal(seen({ ipv4 }, several.slice(0, 1))?.ipv4.address, '203.0.113.6', 'another one is told, too');
  assert.equal(seen({}, several)?.ipv4.address, '203.0.113.6');
  const moreAddresses = ['203.0.113.6/25', '203.0.113.7/25'];
  assert.deepEqual(seen({ ipv4, moreAddresses }, several)?.moreAddresses, ['203.0.113.6/25'], 'what is there of more');
});

test('HT-179 addresses that reach no further than the link are not told', () => {
  const local = [
    address('169.254.7.7', { prefix: 16, scope: 'link' }),
    address('fe80::1', { family: 6, prefix: 64, scope: 'link', origin: 'kernel' }),
  ];
  const network = seen({}, local);
  assert.deepEqual([network?.ipv4.address, network?.ipv4.method, network?.ipv6.address], [null, 'none', null]);
  const both = seen({}, [...local, address('198.51.100.5'), address('2001:db8::5', { family: 6, prefix: 64 })]);
  assert.deepEqual([both?.ipv4.address, both?.ipv6.address], ['198.51.100.5', '2001:db8::5']);
});

test('HT-182 a gateway is found in the routing table of its network', () => {
  const route = (family: 4 | 6, gateway: string, device: string): RouteReport => ({
    ...{ family, table: 0x4f560001, destination: 'default', gateway, device, metric: null, protocol: '199' },
  });
  const ipv4 = { method: 'static', address: '198.51.100.5', prefix: 24, gateway: '198.51.100.1' } as const;
  const routes = [route(4, '203.0.113.1', 'eth2'), route(4, '198.51.100.1', 'eth1'), route(6, '2001:db8::1', 'eth1')];
  const network = seen({ ipv4 }, [address('198.51.100.5')], routes);
  assert.deepEqual(
    [network?.ipv4.gateway, network?.ipv6.gateway, network?.defaultRoute],
    ['198.51.100.1', '2001:db8::1', false],
  );
});
