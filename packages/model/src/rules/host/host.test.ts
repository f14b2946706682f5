import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster, hostState } from '../../testing.ts';
import { type HostMove, validateHost, validateHostMove } from './index.ts';

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

const saysOf = (wanted: { name?: string; address?: string }, stored: { name: string; address: string } | null = null) =>
  validateHost({ wanted: { name: 'h1', address: 'h1.example.com', ...wanted }, stored }).map(
    (one) => `${one.rule} ${one.message}`,
  );

test('HOST-05 the name of a host', () => {
  for (const name of ['h1', 'rack-2_h.1', '7', 'x'.repeat(255)]) assert.deepEqual(saysOf({ name }), []);
  for (const name of ['', 'n e w', 'a!', 'ü', 'a\n', 'x'.repeat(256)])
    assert.match(saysOf({ name }).join(), /^HOST-05/);
  const joined = { name: 'backed up', address: 'h1' };
  assert.deepEqual(saysOf({ name: 'backed up' }, joined), [], 'what it has, it may be sent back with');
  assert.match(saysOf({ name: 'backed down' }, joined).join(), /^HOST-05 .* got "backed down"\.$/);
});

test('HOST-06 the address of a host', () => {
  for (const address of ['h1', '192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'])
    assert.deepEqual(saysOf({ address }), []);
  for (const address of ['', 'bad address!', '192.0.2.256', '2001:db8::1::', 'https://h1']) {
    assert.match(saysOf({ address }).join(), /^HOST-06/);
  }
  const joined = { name: 'h1', address: 'fe80::1%eth0' };
  assert.deepEqual(saysOf({ address: joined.address }, joined), [], 'where it came from when it joined');
  assert.match(saysOf({ address: '' }, joined).join(), /^HOST-06/);
});
