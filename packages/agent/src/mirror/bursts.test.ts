import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Bursts } from './bursts.ts';

let now = 1_000_000;
const clock = (): number => now;

/** Lets so many milliseconds pass. */
function pass(milliseconds: number): void {
  for (let at = 0; at < milliseconds; at += 1) {
    now += 1;
    mock.timers.tick(1);
  }
}

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', clock);
});
afterEach(() => mock.reset());

/** When something happens, and when it is acted on, in milliseconds after the start. */
function acts(rings: readonly number[], until: number, hurries: readonly number[] = []): number[] {
  const found: number[] = [];
  const start = now;
  const bursts = new Bursts(() => found.push(now - start));
  for (let at = 0; at <= until; at += 1) {
    if (rings.includes(at)) bursts.ring();
    if (hurries.includes(at)) bursts.hurry();
    pass(1);
  }
  bursts.close();
  return found;
}

test('a single event is acted on once, and soon', () => {
  assert.deepEqual(acts([0], 2000), [40]);
});

test('events that belong together are acted on once', () => {
  assert.deepEqual(acts([0, 5, 10, 30], 2000), [40]);
});

test('what comes after the first act is acted on when it is over', () => {
  assert.deepEqual(acts([0, 60, 150, 300], 2000), [40, 500]);
});

test('what cannot wait is acted on at once within a burst, which then goes on', () => {
  assert.deepEqual(acts([0, 102, 110, 120], 2000, [100]), [40, 140]);
  assert.deepEqual(acts([0, 60, 150], 2000, [100, 110]), [40, 140, 350]);
  assert.deepEqual(acts([], 2000, [0]), [40]);
  assert.deepEqual(acts([0], 2000, [20]), [40], 'nor later than it would have been without');
});

test('a burst that does not end is acted on again and again', () => {
  const always = Array.from({ length: 40 }, (_, at) => at * 50);
  const found = acts(always, 3000);
  assert.ok(found.length >= 3 && found.length <= 6, `${found}`);
  const gaps = found.slice(1).map((at, i) => at - (found[i] ?? 0));
  assert.ok(Math.max(...gaps) <= 700, `${found}`);
});

test('whoever waits for something to happen goes on at the next event', async () => {
  const bursts = new Bursts(() => {});
  let done = 0;
  const waiting = [bursts.settle(1000), bursts.settle(5)].map((one) =>
    one.then(() => {
      done += 1;
    }),
  );
  pass(5);
  await waiting[1];
  assert.equal(done, 1);
  bursts.ring();
  await waiting[0];
  assert.equal(done, 2);
  bursts.close();
});
