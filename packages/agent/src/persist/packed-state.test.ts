import assert from 'node:assert/strict';
import { test } from 'node:test';
import { network, TestHost } from '../plan/host-for-tests.ts';
import { type PackedState, packed, unpacked } from './packed-state.ts';

const host = new TestHost();
host.apply({
  bonds: {},
  networks: {
    red: network({ base: 'eth1', vlan: 101 }),
    blue: network({ base: 'eth1', vlan: 102 }),
    quick: network({ base: 'eth2', bridgeOptions: { forward_delay: '400' } }),
  },
});
const state = host.state;

test('a state comes back as it was from what is kept of it', () => {
  const text = JSON.stringify(packed(state));
  assert.deepEqual(unpacked(JSON.parse(text) as PackedState), state);
});

test('what several bridges say alike is kept once', () => {
  const bridge = (name: string) => state.links.find((link) => link.name === name)?.bridge ?? assert.fail(name);
  bridge('blue').options = bridge('red').options;
  assert.equal(packed(state).bridgeOptions.length, 2);
});

test('a state that an earlier version has kept is read as it is', () => {
  assert.deepEqual(unpacked(structuredClone(state)), state);
});
