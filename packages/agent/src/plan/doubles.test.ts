import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { driftOf } from '../drift/differences.ts';
import { ip4, network, TestHost } from './host-for-tests.ts';

const mgmt = { ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true };
const onEth1: HostConfig = { bonds: {}, networks: { mgmt: network({ base: 'eth1', ...mgmt }) } };

/** As after a boot that gives eth0 the address of management, which has moved to eth1. */
function booted(): TestHost {
  const host = new TestHost();
  host.apply(onEth1);
  const address = { family: 4, address: '192.0.2.5', prefix: 24, nodad: true, validFor: null } as const;
  host.run([
    { kind: 'addr.add', device: 'eth0', ...address },
    { kind: 'addr.add', device: 'eth0', ...address, address: '192.0.2.9' },
  ]);
  return host;
}
const held = (host: TestHost, name: string): string[] => host.link(name).addresses.map(({ address }) => address);

test('an address of a network stands on no second device; what else is there stays', () => {
  const host = booted();
  assert.equal(driftOf(host.state, onEth1).state, 'drifted');
  host.apply(onEth1, 'mgmt');
  assert.deepEqual(held(host, 'eth0'), ['192.0.2.9']);
  assert.deepEqual(held(host, 'mgmt'), ['192.0.2.5']);
  assert.equal(driftOf(host.state, onEth1).state, 'in-sync');
});

test('a VLAN of another hand loses the address and stays', () => {
  const host = booted();
  host.run([
    { kind: 'link.add', name: 'theirs', type: 'vlan', mac: null, base: 'eth0', vlan: 50, options: {} },
    { kind: 'link.set', name: 'theirs', group: 0, alias: '', up: true },
    { kind: 'addr.add', device: 'theirs', family: 4, address: '192.0.2.5', prefix: 24, nodad: true, validFor: null },
  ]);
  host.apply(onEth1, 'mgmt');
  assert.deepEqual(held(host, 'theirs'), []);
});

test('the engine is reached through the second device: the right one is there before it goes', () => {
  const host = booted();
  const { ops } = host.apply(onEth1, 'eth0');
  assert.ok(ops.some(({ kind }) => kind === 'addr.del'));
  assert.deepEqual(held(host, 'mgmt'), ['192.0.2.5']);
});

test('what a manager of the host cares for is left to it', () => {
  const host = booted();
  host.world.managers = [{ name: 'NetworkManager', running: true, devices: ['eth0'], claims: [] }];
  host.apply(onEth1, 'mgmt');
  assert.deepEqual(held(host, 'eth0'), ['192.0.2.5', '192.0.2.9']);
});

test('loopback and the like may have it too', () => {
  const host = booted();
  host.link('eth0').kind = 'other';
  host.apply(onEth1, 'mgmt');
  assert.deepEqual(held(host, 'eth0'), ['192.0.2.5', '192.0.2.9']);
});
