import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostReport, LinkReport } from '@patchbay/protocol';
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
