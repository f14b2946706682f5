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
const speedOf = (speed: number | null): number | undefined => {
  const view = { nic, network: null, properties: {}, allContent: false, idOf: () => undefined };
  return nicToWire('/api', { ...view, observed: { ...observed, speed } }).speed;
};

test('X14 a speed that is unknown is not told, and one that is known is in bit/s', () => {
  assert.equal(speedOf(null), undefined);
  assert.equal(speedOf(0), undefined);
  assert.equal(speedOf(25_000), 25_000_000_000);
});
