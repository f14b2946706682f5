/** Which numbers a kernel takes, of kernels that count their time in other ticks. That a real one is understood, labs show. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOffered, spellValues, type Values } from '../option-values.ts';
import { probeValues } from './probe-values.ts';

const HELLO = { name: 'hello_time', width: 0xffffffff, values: { least: 100, most: 1000 } as Values };

/** Sets hundredths of a second as a kernel with so many ticks a second does (`clock_t_to_jiffies` and back), within its bounds. */
function kernel(hz: number, least: number, most: number) {
  const shown = (value: number) => Math.floor((Math.floor((value * hz) / 100) * 100) / hz);
  return async (_: string, values: readonly string[]) =>
    values.map(Number).map((value) => value >= least && value <= most && shown(value) === value);
}

test('a time that falls between two ticks of the kernel is not offered', async () => {
  for (const hz of [100, 300, 1000])
    assert.deepEqual(await probeValues(HELLO, '200', kernel(hz, 100, 1000)), { least: 100, most: 1000 }, `${hz} Hz`);
  const offered = await probeValues(HELLO, '200', kernel(250, 100, 1000));
  assert.deepEqual(offered, { least: 100, most: 1000, step: 2 });
  assert.ok(offered !== null && isOffered(offered, '204') && isOffered(offered, '1000'));
  assert.ok(!isOffered(offered, '205') && !isOffered(offered, '98'));
  assert.equal(spellValues(offered), '100 to 1000 in steps of 2');
});

test('bounds other than the documented ones are found', async () => {
  assert.deepEqual(await probeValues(HELLO, '200', kernel(100, 50, 900)), { least: 50, most: 900 });
  assert.deepEqual(await probeValues(HELLO, '200', kernel(100, 150, 2000)), { least: 150, most: 2000 });
  assert.equal(await probeValues(HELLO, '200', async (_, values) => values.map(() => false)), null);
});

test('a switch has no steps', async () => {
  const both = async (_: string, values: readonly string[]) => values.map((value) => value === '0' || value === '1');
  const candidate = { name: 'stp_state', width: 0xff, values: { least: 0, most: 1 } as Values };
  assert.deepEqual(await probeValues(candidate, '0', both), { least: 0, most: 1 });
});
