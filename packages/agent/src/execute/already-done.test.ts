/** What kernels say of what is gone already. Their words change: these are of Linux 5.10, 6.1 and 6.18. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelOp } from '@patchbay/protocol';
import { isDone } from './already-done.ts';

const address: KernelOp = { kind: 'addr.del', device: 'eth0', family: 4, address: '192.0.2.1', prefix: 24 };
const route: KernelOp = {
  ...{ kind: 'route.del', family: 4, table: 77, destination: '192.0.2.0/24' },
  ...{ gateway: null, device: 'eth0', metric: null },
};

test('an address, a route or a device that has gone already is as good as removed', () => {
  for (const message of ['Cannot assign requested address', 'ipv4: Address not found.', 'ipv6: address not found.'])
    assert.ok(isDone(address, message), message);
  for (const message of ['No such process', 'FIB table does not exist.']) assert.ok(isDone(route, message), message);
  assert.ok(isDone({ kind: 'link.del', name: 'eth0.5' }, 'Cannot find device "eth0.5"'));
});

test('another refusal is one', () => {
  for (const message of ['Operation not permitted', 'Invalid argument', 'Device or resource busy'])
    for (const op of [address, route]) assert.ok(!isDone(op, message), message);
  const add: KernelOp = { ...address, kind: 'addr.add', nodad: false, validFor: null };
  assert.ok(!isDone(add, 'ipv4: Address not found.'));
});
