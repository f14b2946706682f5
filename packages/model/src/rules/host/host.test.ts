import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, hostState } from '../../testing.ts';
import { type HostMove, validateHostMove } from './index.ts';

const says = (change: Partial<HostMove>) =>
  validateHostMove({
    host: { ...hostState().host, status: 'maintenance' },
    from: cluster(),
    to: cluster({ id: 'other', name: 'c2' }),
    management: { from: { name: 'ovirtmgmt' }, to: { name: 'ovirtmgmt' } },
    ...change,
  }).map((one) => `${one.rule} ${one.message}`);

test('MGMT-07 both clusters call their management network the same', () => {
  assert.deepEqual(says({}), []);
  assert.deepEqual(says({ management: { from: { name: 'ovirtmgmt' }, to: { name: 'mgmt2' } } }), [
    'MGMT-07 Clusters c1 and c2 have different management networks (ovirtmgmt and mgmt2); h1 cannot move.',
  ]);
});

test('HOST-04 a host moves in maintenance', () => {
  assert.deepEqual(says({ host: hostState().host }), [
    'HOST-04 Host h1 is up; put it into maintenance before it moves to cluster c2.',
  ]);
});
