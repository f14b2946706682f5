import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Brake } from './brake.ts';

const MINUTE = 60_000;

test('what does not last is put right after pauses that grow up to a quarter of an hour, and anything else at once', () => {
  const brake = new Brake();
  let now = 0;
  const pauses: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    const pause = brake.taken(['blue'], now);
    pauses.push(pause / MINUTE);
    assert.equal(brake.nextEnd(now), pause > 0 ? now + pause : Number.POSITIVE_INFINITY);
    if (pause > 0) assert.ok(brake.holds('blue', now + pause - 1));
    assert.equal(brake.holds('red', now), false);
    now += pause;
    assert.equal(brake.holds('blue', now), false);
  }
  assert.deepEqual(pauses, [0, 1, 2, 4, 8, 15, 15]);
  assert.equal(brake.taken(['blue'], now + 31 * MINUTE), 0, 'it has lasted');
});

test('what is put right beside something that does not last waits for none of its pauses, and lengthens none', () => {
  const brake = new Brake();
  brake.taken(['blue'], 0);
  assert.equal(brake.taken(['blue'], 0), MINUTE);
  assert.equal(brake.taken(['red'], MINUTE / 2), 0);
  assert.equal(brake.holds('red', MINUTE / 2), false);
  assert.ok(brake.holds('blue', MINUTE - 1));
  assert.equal(brake.holds('blue', MINUTE), false);
  assert.equal(brake.taken(['red', 'blue'], MINUTE), 2 * MINUTE);
});
