/** The kernel's table of neighbours, as text; `neighbours.lab.test.ts` has real ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIn } from './neighbours.ts';

const table = `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        br0
192.0.2.2        0x1         0x0         00:00:00:00:00:00     *        br0
192.0.2.3        0x1         0x0         02:00:00:00:00:03     *        br0
192.0.2.4        0x1         0x6         02:00:00:00:00:04     *        eth0
`;

test('a neighbour is known by its device and address, once its hardware address holds', () => {
  assert.ok(isIn(table, 'br0', '192.0.2.1'));
  assert.ok(isIn(table, 'eth0', '192.0.2.4'), 'set by hand');
  assert.ok(!isIn(table, 'eth0', '192.0.2.1'), 'on another device');
  assert.ok(!isIn(table, 'br0', '192.0.2.2'), 'asked, and not answered');
  assert.ok(!isIn(table, 'br0', '192.0.2.3'), 'it did not answer any more');
  assert.ok(!isIn(table, 'br0', '192.0.2.9'), 'never heard of');
  assert.ok(!isIn('', 'br0', '192.0.2.1'), 'no table');
});
