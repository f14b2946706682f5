import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { bond, network, TestHost } from './host-for-tests.ts';
import { possiblePart } from './possible-part.ts';

const good: HostConfig = { bonds: { bond0: bond(['eth1', 'eth2']) }, networks: { red: network({ base: 'bond0' }) } };
const bad: HostConfig = {
  ...good,
  networks: { ...good.networks, blue: network({ base: 'eth3', vlan: 5, bridged: false, mtu: 9500 }) },
};
const partOf = (host: TestHost, config: HostConfig): string[] =>
  Object.keys(possiblePart(host.state, config).part.networks);

test('what the host does not accept is left out, with the reason', () => {
  const host = TestHost.managed();
  const { part, refusals } = possiblePart(host.state, bad);
  assert.deepEqual(part, good);
  assert.equal(refusals.length, 1);
  assert.match(refusals[0] ?? '', /blue/);
});

test('what is missing goes without a word, as does what stands on it', () => {
  const host = TestHost.managed();
  assert.deepEqual(partOf(host, { ...good, networks: { ...good.networks, gone: network({ base: 'eth9' }) } }), ['red']);
});

test('what stands is not left out because it would not be made any more', () => {
  const host = TestHost.managed();
  host.apply({ bonds: {}, networks: { blue: network({ base: 'eth3', vlan: 5, bridged: false }) } });
  assert.deepEqual(partOf(host, bad), ['red', 'blue']);
});

test('a device of another hand that has its name does not stand for it', () => {
  const host = TestHost.managed();
  host.run([
    { kind: 'link.add', type: 'bond', name: 'bond0', base: null, vlan: null, mac: null, options: {} },
    { kind: 'link.set', name: 'bond0', group: 0 },
  ]);
  const refused = { ...bad, bonds: { bond0: bond(['eth1', 'eth2'], { mode: '1', no_such_option: '1' }) } };
  assert.deepEqual(partOf(host, { ...refused, networks: { lone: network({}) } }), ['lone']);
});
