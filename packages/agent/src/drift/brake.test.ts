import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Difference } from '@patchbay/protocol';
import { Brake } from './brake.ts';

const MINUTE = 60_000;
const of = (device: string): Difference[] => [{ device, property: 'mtu', network: null } as Difference];

test('what does not stay right is put right after pauses that grow up to a quarter of an hour, and anything else at once', () => {
  const brake = new Brake();
  let now = 0;
  const pauses: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    const pause = brake.mended(of('blue'), now);
    pauses.push(pause / MINUTE);
    if (pause > 0) assert.ok(brake.holds(of('blue'), now + pause - 1));
    assert.equal(brake.holds(of('red'), now), false);
    now += pause;
    assert.equal(brake.holds(of('blue'), now), false);
  }
  assert.deepEqual(pauses, [0, 1, 2, 4, 8, 15, 15]);
  assert.equal(brake.mended(of('blue'), now + 31 * MINUTE), 0, 'it has lasted');
});
