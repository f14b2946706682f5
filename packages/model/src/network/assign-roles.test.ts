import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterNetwork, NetworkRoles } from '../entities.ts';
import { assignRoles, withdrawRoles } from './assign-roles.ts';
import { noRoles } from './roles.ts';

const as = (networkId: string, ...roles: (keyof NetworkRoles)[]): ClusterNetwork => ({
  ...{ clusterId: 'c', networkId, required: true },
  roles: { ...noRoles, ...Object.fromEntries(roles.map((role) => [role, true])) },
});
const held = (assignments: ClusterNetwork[]) =>
  Object.fromEntries(
    assignments.map(({ networkId, roles }) => [
      networkId,
      Object.entries(roles).flatMap(([role, has]) => (has ? role : [])),
    ]),
  );

const before = [as('mgmt', 'management', 'display', 'migration', 'defaultRoute'), as('red', 'gluster')];

test('A role that is taken leaves the network that had it', () => {
  assert.deepEqual(held(assignRoles(before, as('red', 'gluster', 'migration'))), {
    mgmt: ['display', 'management', 'defaultRoute'],
    red: ['migration', 'gluster'],
  });
  assert.equal(before[0]?.roles.migration, true, 'what was given is not changed');
});

test('A role that is given up goes to the management network, gluster to nobody', () => {
  const taken = assignRoles(before, as('red', 'gluster', 'display', 'defaultRoute'));
  assert.deepEqual(held(assignRoles(taken, as('red'))), {
    mgmt: ['display', 'migration', 'management', 'defaultRoute'],
    red: [],
  });
});

test('A network that leaves the cluster leaves its roles', () => {
  const taken = assignRoles(before, as('red', 'gluster', 'display'));
  assert.deepEqual(held(withdrawRoles(taken, 'red')), {
    mgmt: ['display', 'migration', 'management', 'defaultRoute'],
  });
});

test('The management role moves', () => {
  const after = held(assignRoles(before, as('red', 'management')));
  assert.equal(after['mgmt']?.includes('management'), false);
  assert.deepEqual(after['red'], ['management']);
});
