import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nic, ObservedNic } from '@patchbay/model';
import { nicToWire } from './nic.ts';

const nic: Nic = {
  id: 'n',
  hostId: 'h',
  name: 'eth1',
  kind: 'nic',
  bond: null,
  labels: [],
  base: null,
  vlan: null,
};
const observed: ObservedNic = {
  ...{ name: 'eth1', kind: 'nic', mac: null, speed: null, nominalSpeed: false, mtu: 1500, up: true },
  ...{ master: null, base: null, vlan: null, bond: null, aggregator: null },
};
const toWire = (part: Partial<ObservedNic>) => {
  const view = { nic, network: null, properties: {}, allContent: false, idOf: () => undefined };
  return nicToWire('/api', { ...view, observed: { ...observed, ...part } });
};
const speedOf = (speed: number | null): number | undefined => toWire({ speed }).speed;

test('X14 a speed that is unknown is not told, and one that is known is in bit/s', () => {
  assert.equal(speedOf(null), undefined);
  assert.equal(speedOf(0), undefined);
  assert.equal(speedOf(25_000), 25_000_000_000);
});

test('A nic without a network shows the addresses that another hand gave it', () => {
  const ipv4 = { method: 'static', address: '198.51.100.5', prefix: 24, gateway: '198.51.100.1' } as const;
  const ip = { address: '198.51.100.5', netmask: '255.255.255.0', gateway: '198.51.100.1', version: 'v4' };
  const shown = toWire({ ipv4 });
  assert.deepEqual([shown.boot_protocol, shown.ip], ['static', ip]);
  assert.deepEqual([shown.ipv6_boot_protocol, shown.ipv6], ['none', undefined]);
  assert.deepEqual([toWire({}).boot_protocol, toWire({}).ip], ['none', undefined]);
});
