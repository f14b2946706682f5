/** Times of bridges on kernels whose ticks do not divide a hundredth of a second, as those of Debian. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documented, type Offers } from '../observe/offers.ts';
import { network, TestHost } from './host-for-tests.ts';
import { planFor } from './plan-for.ts';

const shows = (rounds: boolean): Offers => ({
  ...documented,
  bridge: documented.bridge === null ? null : { ...documented.bridge, rounds },
});

/** Steps to these options on a bridge that shows a hello time of 2.04 s and room for 4095 groups. */
function steps(bridgeOptions: Record<string, string>, rounds: boolean): string[] {
  const host = TestHost.managed();
  host.apply({ bonds: {}, networks: { red: network({ bridgeOptions: { hello_time: '204', hash_max: '4095' } }) } });
  const planned = planFor(
    { ...host.state, offers: shows(rounds) },
    { bonds: {}, networks: { red: network({ bridgeOptions: { hash_max: '4095', ...bridgeOptions } }) } },
  );
  assert.ok(planned.ok);
  return planned.value.ops.map((op) => (op.kind === 'bridge.option' ? `${op.option}=${op.value}` : op.kind));
}

test('a time that a kernel shows a hundredth of a second short is as wanted, where its ticks are such', () => {
  assert.deepEqual(steps({ hello_time: '205' }, true), []);
  assert.deepEqual(steps({ hello_time: '205' }, false), ['hello_time=205']);
});

test('any other difference is one, and so is that of a number that is no time', () => {
  assert.deepEqual(steps({ hello_time: '206' }, true), ['hello_time=206']);
  assert.deepEqual(steps({ hello_time: '203' }, true), ['hello_time=203']);
  assert.deepEqual(steps({ hello_time: '204', hash_max: '4096' }, true), ['hash_max=4096']);
});
