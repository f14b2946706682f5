import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterNetwork, NetworkRoles } from '../../entities.ts';
import { noRoles } from '../../network/roles.ts';
import { cluster, network } from '../../testing.ts';
import type { AssignmentChange } from './assignment-change.ts';
import { validateAssignment, validateDetach } from './index.ts';

const external = { providerId: 'ovn', externalId: 'red', physicalNetworkId: null, physicalName: null };

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

const extern = { ...red, external };

test('MGMT-04, RT-02, CLN-06 and CLN-07 an external network serves no hosts', () => {
  const asked = (roles: Partial<NetworkRoles>, required = false) =>
    says({ network: extern, wanted: as(roles, required), hostCount: 0 });
  assert.match(asked({ management: true }), /MGMT-04 External network red cannot be the management network/);
  assert.match(asked({ defaultRoute: true }), /RT-02 External network red cannot carry the default route/);
  assert.match(asked({ display: true }), /CLN-06 External network red cannot serve displays/);
  assert.match(asked({}, true), /CLN-07 External network red cannot be required/);
  assert.equal(asked({ migration: true }), '');
  const own = as({ management: true, defaultRoute: true, display: true });
  assert.equal(says({ wanted: own, hostCount: 0 }), '', 'one of our own may be all that');
});

test('CLN-08 port isolation needs a version that has it', () => {
  const isolated = { ...red, portIsolation: true };
  const old = cluster({ version: { major: 4, minor: 4 } });
  assert.match(
    says({ network: isolated, cluster: old }),
    /CLN-08 Cluster c1 has version 4\.4, which is too old .* red/,
  );
  assert.equal(says({ network: isolated, cluster: cluster({ version: { major: 4, minor: 5 } }) }), '');
  assert.equal(says({ cluster: old }), '');
});

test('CLN-10 the gluster role stays where bricks are', () => {
  const uses = [{ kind: 'brick' as const, name: 'b1', networkId: red.id, clusterId: 'cluster', hostId: null }];
  const change = { isNew: false, stored: as({ gluster: true }), wanted: as(), uses };
  assert.match(says(change), /CLN-10 red carries storage bricks: b1/);
  assert.equal(says({ ...change, uses: [] }), '');
  assert.equal(says({ ...change, wanted: as({ gluster: true }) }), '');
  assert.equal(says({ ...change, uses: uses.map((one) => ({ ...one, clusterId: 'other' })) }), '');
});

test('CLN-11 what a cluster uses stays in it', () => {
  const use = { kind: 'vm' as const, name: 'web', networkId: red.id, clusterId: 'cluster', hostId: null };
  const keys = (...uses: (typeof use)[]) =>
    validateDetach({ cluster: cluster(), network: red, assignment: as(), uses }).map((one) => one.key);
  assert.deepEqual(keys(use), ['ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE']);
  assert.deepEqual(keys(use, { ...use, name: 'db' }), ['ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES']);
  assert.deepEqual(keys({ ...use, clusterId: 'other' }), []);
});
