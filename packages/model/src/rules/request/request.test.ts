import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostStatus } from '../../entities.ts';
import { attach, bond, refusal, update } from '../../testing.ts';

test('HOST-02 the host is up, in maintenance or non-operational', () => {
  const says = (status: HostStatus) => refusal('HOST-02', { host: { status } }, {});
  assert.match(says('installing'), /only be changed while it is up, maintenance, non_operational; it is installing/);
  assert.match(says('non_responsive'), /non_responsive/);
  for (const fine of ['up', 'maintenance', 'non_operational'] as const) assert.equal(says(fine), '');
});

test('REQ-01 the connectivity timeout is 1 to 120 seconds', () => {
  const says = (connectivityTimeout: number) => refusal('REQ-01', {}, { connectivityTimeout });
  for (const bad of [0, -1, 121, Number.NaN]) assert.match(says(bad), /between 1 and 120 seconds/);
  for (const fine of [1, 120]) assert.equal(says(fine), '');
});

test('REQ-07 nothing is listed twice', () => {
  const scene = { networks: { red: {} }, attached: { red: 'eth0' }, bonds: { bond0: { slaves: ['eth2', 'eth3'] } } };
  const says = (what: Parameters<typeof refusal>[2]) => refusal('REQ-07', scene, what);
  const move = update('att-red', { nic: { id: null, name: 'eth1' } });
  assert.match(says({ attachments: [move, move] }), /^Attachment att-red appears more than once/);
  assert.match(says({ removed: ['att-red'], removedNetworks: ['red'] }), /^Removed attachment att-red/);
  assert.match(says({ bonds: [bond('bond0', ['eth2', 'eth3']), bond('bond0', ['eth0', 'eth1'])] }), /^Bond bond0/);
  assert.match(says({ removedBonds: ['bond0', 'bond0', 'bond0'] }), /^Removed bond bond0 appears[^\n]*$/, 'said once');
  assert.match(says({ bonds: [bond('bond1', ['eth0', 'eth1', 'eth0'])] }), /^Bond bond1: slave eth0/);
  assert.match(says({ synchronized: ['att-red', 'att-red'] }), /^Synchronised attachment att-red/);
  assert.match(says({ removedUnmanaged: ['x', 'x'] }), /^Removed unmanaged network x/);
  assert.equal(says({ attachments: [move], bonds: [bond('bond1', ['eth0', 'eth1'])], synchronized: ['att-red'] }), '');
  assert.equal(says({ attachments: [attach('red', 'eth1'), attach('red', 'eth0')] }), '', 'ATT-10 speaks of that');
});
