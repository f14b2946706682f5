import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExternalNetwork, Network } from '../../entities.ts';
import { noRoles } from '../../network/roles.ts';
import { network } from '../../testing.ts';
import type { NetworkUse } from '../../workload.ts';
import { validateNetwork, validateNetworkLabel, validateNetworkRemoval } from './index.ts';
import type { NetworkChange, NetworkRemoval } from './network-change.ts';

const red = network('red');
const blue = network('blue');
const external = (changes: Partial<ExternalNetwork> = {}): ExternalNetwork => ({
  ...{ providerId: 'ovn', externalId: 'red', physicalNetworkId: null, physicalName: null },
  ...changes,
});
const use = (kind: NetworkUse['kind'], name: string): NetworkUse => ({
  ...{ kind, name, networkId: red.id, clusterId: 'c', hostId: null },
});
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

test('NET-16 what still needs a network keeps it from being deleted', () => {
  const assignment = (management: boolean) => [
    { ...{ clusterId: 'c', networkId: red.id, required: true }, roles: { ...noRoles, management } },
  ];
  const keys = (change: Partial<NetworkRemoval>) =>
    validateNetworkRemoval({ network: red, assignments: assignment(false), networks: [red], uses: [], ...change }).map(
      (one) => `${one.rule} ${one.status} ${one.key}`,
    );
  assert.deepEqual(keys({}), []);
  assert.deepEqual(keys({ assignments: assignment(true) }), ['NET-16 400 NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK']);
  assert.deepEqual(keys({ uses: [use('vm', 'web')] }), ['NET-16 409 ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE']);
  assert.deepEqual(keys({ uses: [use('vm', 'web'), use('template', 'base')] }), [
    'NET-16 409 ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES',
  ]);
  assert.deepEqual(keys({ uses: [use('iscsi_bond', 'paths')] }), [
    'NET-16 400 NETWORK_CANNOT_REMOVE_ISCSI_BOND_NETWORK',
  ]);
  assert.deepEqual(keys({ networks: [red, { ...blue, external: external({ physicalNetworkId: red.id }) }] }), [
    'NET-16 409 ACTION_TYPE_FAILED_CANNOT_REMOVE_PHYSICAL_NETWORK_LINKED_TO_EXTERNAL_NETWORK',
  ]);
  assert.deepEqual(keys({ uses: [{ ...use('vm', 'web'), networkId: blue.id }] }), [], 'another network is in use');
});

test('NET-14 a network of VMs and templates stays a VM network', () => {
  const uses = [use('vm', 'web'), use('vm', 'db'), use('template', 'base')];
  assert.match(says({ vm: false }, { uses }), /NET-14 red is used by VMs: web, db; templates: base/);
  assert.match(says({ vm: false }, { uses: uses.slice(0, 1) }), /NET-14 red is used by VMs: web;/);
  assert.equal(says({ vm: false }, { uses: [use('brick', 'b')] }), '');
  assert.equal(says({ mtu: 9000 }, { uses }), '');
});

test('NET-15 nor is it renamed under a template or a VM', () => {
  assert.match(says({ name: 'rot' }, { uses: [use('template', 'base')] }), /NET-15 .* used by templates: base/);
  assert.match(says({ name: 'rot' }, { uses: [use('vm', 'web')] }), /NET-15 .* web/);
  assert.equal(says({ name: 'rot' }, { uses: [use('iscsi_bond', 'store')] }), '');
});

test('NET-10 an external network has no port isolation', () => {
  const wanted = { external: external(), portIsolation: true };
  assert.match(says(wanted, { stored: null }), /NET-10 External networks have no port isolation; red asks/);
  assert.equal(says({ external: external() }, { stored: null }), '');
});

test('EXT-10 what an external network must be at its creation', () => {
  const made = (wanted: Partial<Network>, more: Partial<NetworkChange> = {}) => says(wanted, { stored: null, ...more });
  const networks = [red, { ...blue, external: external({ externalId: 'ext' }) }];
  assert.match(made({ external: external({ externalId: 'ext' }) }, { networks }), /calls ext is here already, as blue/);
  assert.match(made({ external: external(), vm: false }), /EXT-10 External network red must be a VM network/);
  assert.match(made({ external: external(), vlan: 5 }), /with VLAN 5 must name the physical network/);
  assert.equal(made({ external: external({ physicalName: 'uplink' }), vlan: 5 }), '');
  assert.match(made({ external: external({ physicalNetworkId: 'net-x' }) }), /no physical network net-x/);
  const onBlue = external({ physicalNetworkId: blue.id });
  assert.equal(made({ external: onBlue }, { networks: [red, blue] }), '');
  assert.match(made({ external: onBlue, vlan: 5 }, { networks: [red, blue] }), /brings the VLAN; leave it out/);
  assert.match(made({ external: onBlue, label: 'lab' }, { networks: [red, blue] }), /brings the label; leave/);
});

test('EXT-11 what the provider holds is fixed', () => {
  const stored = { ...red, external: external() };
  const changed = (wanted: Partial<Network>) => says({ external: external(), ...wanted }, { stored });
  assert.match(changed({ vlan: 5, stp: true }), /EXT-11 These details of external network red are fixed: vlan, stp/);
  assert.match(changed({ vm: false }), /usages/);
  assert.match(changed({ external: external({ providerId: 'other' }) }), /external_provider/);
  assert.match(changed({ external: external({ externalId: 'other' }) }), /external id/);
  assert.match(changed({ external: external({ physicalName: 'other' }) }), /external_provider_physical_network/);
  assert.match(says({ external: external() }), /EXT-11/, 'nor does a network become external');
  assert.equal(changed({ mtu: 9000, name: 'rot' }), '');
});

test('LBL-31 an external network has no label', () => {
  const found = validateNetworkLabel({ network: { ...red, external: external() }, label: 'lab' });
  assert.deepEqual(
    found.map((one) => `${one.rule} ${one.message}`),
    ['LBL-31 External network red cannot be labelled.'],
  );
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
