import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterNetwork, NetworkRoles } from '../../entities.ts';
import { noRoles } from '../../network/roles.ts';
import { cluster, network } from '../../testing.ts';
import type { AssignmentChange } from './assignment-change.ts';
import { validateAssignment, validateDetach } from './index.ts';

const red = network('red');
const as = (roles: Partial<NetworkRoles> = {}, required = true): ClusterNetwork => ({
  ...{ clusterId: 'cluster', networkId: red.id, required },
  roles: { ...noRoles, ...roles },
});

function says(change: Partial<AssignmentChange>): string {
  const ordinary = { cluster: cluster(), network: red, wanted: as(), stored: null, isNew: true, hostCount: 1 };
  return validateAssignment({ ...ordinary, ...change })
    .map((one) => `${one.rule} ${one.message}`)
    .join('\n');
}

test('A fine assignment', () => {
  assert.equal(says({}), '');
  assert.equal(says({ isNew: false, stored: as(), wanted: as({ display: true }, false) }), '');
});

test('CLN-01 a network is added to a cluster once', () => {
  assert.match(says({ stored: as() }), /CLN-01 red is already in cluster c1/);
  assert.equal(says({ stored: as(), isNew: false }), '');
});

test('CLN-03 network and cluster share a data centre', () => {
  assert.match(says({ cluster: cluster({ dataCentreId: 'other' }) }), /CLN-03/);
});

test('CLN-04 only what is there is changed', () => {
  assert.match(says({ isNew: false }), /CLN-04 red is not in cluster c1/);
});

test('CLN-05 a role is given where every host has an address', () => {
  const unaddressed = [{ host: 'h1', nic: 'eth0' }];
  const change = { isNew: false, stored: as(), wanted: as({ migration: true }), unaddressed };
  assert.match(says(change), /CLN-05 red has no address on eth0 of h1/);
  assert.equal(says({ ...change, unaddressed: [] }), '');
  assert.equal(says({ ...change, stored: as({ migration: true }) }), '', 'it has the role already');
});

test('CLN-09 port isolation needs the Linux bridge', () => {
  const isolated = { ...red, portIsolation: true };
  const ovs = cluster({ switchType: 'ovs' });
  assert.match(says({ network: isolated, cluster: ovs }), /CLN-09 red: .* cluster c1 uses ovs/);
  assert.match(says({ network: isolated, cluster: ovs, isNew: false, stored: as() }), /CLN-09/, 'a change, too');
  assert.equal(says({ network: isolated }), '');
  assert.equal(says({ cluster: ovs }), '');
});

test('CLN-11 the management network stays in its cluster', () => {
  const detach = (roles: Partial<NetworkRoles>) =>
    validateDetach({ cluster: cluster(), network: red, assignment: as(roles) });
  assert.equal(detach({ management: true })[0]?.rule, 'CLN-11');
  assert.deepEqual(detach({ display: true }), []);
});

test('MGMT-03 the management network is required', () => {
  assert.match(says({ hostCount: 0, wanted: as({ management: true }, false) }), /MGMT-03/);
  assert.equal(says({ hostCount: 0, wanted: as({ management: true }) }), '');
});

test('MGMT-05 the management role moves only while there are no hosts', () => {
  assert.match(says({ wanted: as({ management: true }) }), /MGMT-05 .* c1 has 1/);
  assert.equal(says({ wanted: as({ management: true }), hostCount: 0 }), '');
  assert.equal(says({ isNew: false, stored: as({ management: true }), wanted: as({ management: true }) }), '');
});

test('MGMT-06 the management role is not just dropped', () => {
  assert.match(says({ isNew: false, stored: as({ management: true }), wanted: as() }), /MGMT-06/);
});
