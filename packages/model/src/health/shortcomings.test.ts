import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drift, hostState, type Scene } from '../testing.ts';
import { shortcomings } from './shortcomings.ts';

const of = (scene: Scene) => {
  const { networks, observed } = hostState(scene);
  assert.ok(observed);
  return shortcomings(networks, observed).map(({ reason, network, nic }) => `${reason} ${network.name} ${nic}`);
};
const required: Scene = { networks: { red: { required: true } }, attached: { red: 'eth1' } };
const down =
  (name: string): NonNullable<Scene['observed']> =>
  (seen) => ({ ...seen, nics: seen.nics.map((nic) => (nic.name === name ? { ...nic, up: false } : nic)) });

test('A host with all that is required has none', () => {
  assert.deepEqual(of(required), []);
});

test('A required network must be there', () => {
  assert.deepEqual(of({ ...required, attached: {} }), ['network_unreachable red null']);
  assert.deepEqual(of({ networks: { red: {} } }), [], 'others need not');
});

test('The nic below a required network must be up, and below a tag the bond', () => {
  assert.deepEqual(of({ ...required, observed: down('eth1') }), ['network_interface_is_down red eth1']);
  assert.deepEqual(of({ ...required, observed: down('eth2') }), []);
  const bonded: Scene = {
    networks: { red: { required: true, vlan: 5 } },
    bonds: { bond0: { slaves: ['eth2', 'eth3'] } },
    attached: { red: 'bond0' },
  };
  assert.deepEqual(of({ ...bonded, observed: down('bond0') }), ['network_interface_is_down red bond0']);
  assert.deepEqual(of({ ...bonded, observed: down('eth2') }), [], 'one slave is left');
  assert.deepEqual(of({ networks: { red: {} }, attached: { red: 'eth1' }, observed: down('eth1') }), []);
});

test('A VM network must have its bridge, required or not', () => {
  const bare = drift('red', { bridged: false });
  const attached = { red: 'eth1' };
  assert.deepEqual(of({ networks: { red: {} }, attached, observed: bare }), ['vm_network_is_bridgeless red eth1']);
  assert.deepEqual(of({ networks: { red: { vm: false } }, attached, observed: bare }), []);
});
