import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network } from '../../entities.ts';
import { network } from '../../testing.ts';
import { validateNetwork, validateNetworkLabel, validateNetworkRemoval } from './index.ts';
import type { NetworkChange } from './network-change.ts';

const red = network('red');
const long = network('a network with a long name');

/** What is said when `red` becomes as given. */
function says(changes: Partial<Network>, around: Partial<NetworkChange> = {}): string {
  const change = { wanted: { ...red, ...changes }, stored: red, networks: [red, long], usedBy: () => [], ...around };
  return validateNetwork(change)
    .map((one) => `${one.rule} ${one.message}`)
    .join('\n');
}

test('A fine network, created or changed', () => {
  assert.equal(says({}, { stored: null, networks: [] }), '');
  assert.equal(says({ description: 'x', vlan: 5, mtu: 9000, stp: true, vm: true }), '');
});

test('NET-02 name and description have a length', () => {
  assert.match(says({ name: '' }), /NET-02 The name .* 1 to 256 characters, got 0/);
  assert.match(says({ name: 'x'.repeat(257) }), /got 257/);
  assert.match(says({ description: 'x'.repeat(4001) }), /NET-02 The description/);
  assert.equal(says({ description: 'x'.repeat(4000) }), '');
});

test('NET-03 no name like a bond', () => {
  assert.match(says({ name: 'Bond7' }), /NET-03/);
  assert.equal(says({ name: 'vagabond' }), '');
});

test('NET-04 a name is free', () => {
  assert.match(says({ name: long.name }), /NET-04/);
  assert.equal(says({ name: 'Red' }), '', 'case matters');
});

test('NET-05 no name is the host-side name of another network', () => {
  assert.match(says({ name: long.vdsmName }), /NET-05 .* host-side name of a network with a long name/);
  assert.equal(says({ name: 'on123' }), '');
});

test('NET-06 VLAN ids', () => {
  for (const vlan of [-1, 4095, 1.5]) assert.match(says({ vlan }), /NET-06/);
  for (const vlan of [0, 1, 4094, null]) assert.equal(says({ vlan }), '');
});

test('NET-07 MTU', () => {
  for (const mtu of [-1, 1, 67, 65536, 1500.5]) assert.match(says({ mtu }), /NET-07/);
  for (const mtu of [0, 68, 65535]) assert.equal(says({ mtu }), '');
});

test('NET-08 spanning tree needs a bridge', () => {
  assert.match(says({ stp: true, vm: false }), /NET-08/);
});

test('NET-09 port isolation needs a bridge', () => {
  assert.match(says({ portIsolation: true, vm: false }, { stored: null }), /NET-09/);
  assert.equal(says({ portIsolation: true }, { stored: null }), '');
});

test('NET-11 port isolation is fixed', () => {
  assert.match(says({ portIsolation: true }), /NET-11/);
});

test('NET-12 the data centre is fixed', () => {
  assert.match(says({ dataCentreId: 'other' }), /NET-12/);
});

test('NET-15 no new name while hosts carry the network', () => {
  const used = (...hosts: string[]) => ({ usedBy: () => hosts });
  assert.match(says({ name: 'rot' }, used('h1')), /NET-15 red cannot be renamed while used by hosts: h1/);
  const both = validateNetwork({
    wanted: { ...red, name: 'rot' },
    stored: red,
    networks: [red],
    usedBy: () => ['h1', 'h2'],
  });
  assert.deepEqual(
    both.map((one) => one.key),
    ['ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES'],
  );
  assert.equal(says({ name: 'rot' }), '');
  assert.equal(says({ mtu: 9000 }, used('h1')), '');
});

test('NET-16 the management network of a cluster is not deleted', () => {
  const assignment = (management: boolean) => [
    {
      ...{ clusterId: 'c', networkId: red.id, required: true },
      roles: { display: false, migration: false, management, gluster: false, defaultRoute: false },
    },
  ];
  assert.equal(validateNetworkRemoval({ network: red, assignments: assignment(true) })[0]?.rule, 'NET-16');
  assert.deepEqual(validateNetworkRemoval({ network: red, assignments: assignment(false) }), []);
});

test('LBL-01 a network label', () => {
  assert.match(says({ label: 'a b' }), /LBL-01/);
  assert.equal(says({ label: 'a-B_9' }), '');
});

test('LBL-32 a label through which the network is deployed stays', () => {
  const stored = { ...red, label: 'old' };
  const labelledNics = [{ host: 'h1', nic: 'eth0' }];
  assert.match(
    says({ label: 'new' }, { stored, labelledNics }),
    /LBL-32 red is deployed through label old on h1\/eth0/,
  );
  assert.equal(says({ label: 'new' }, { stored }), '');
  assert.equal(says({ label: null }, { stored, labelledNics }), '');
});

test('DNS-01 and DNS-02 name servers of a network', () => {
  assert.match(says({ nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'] }), /DNS-01 .* got 4/);
  assert.match(says({ nameservers: [] }), /DNS-01 .* got 0/);
  assert.match(says({ nameservers: ['dns'] }), /DNS-02/);
  assert.equal(says({ nameservers: ['1.1.1.1', '2001:db8::1'] }), '');
});

test('LBL-30 a network has one label at most', () => {
  const say = (label: string | null) =>
    validateNetworkLabel({ network: { ...red, label }, label: 'new' }).map((one) => `${one.rule} ${one.message}`);
  assert.deepEqual(say('old'), ['LBL-30 red already has label old; take that one off first.']);
  assert.deepEqual(say('new').length, 1, 'the same one is no different');
  assert.deepEqual(say(null), []);
});
