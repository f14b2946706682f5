import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostLocks } from './host-lock.ts';

test('work on one host runs one after the other, in order, and never together', async () => {
  const locks = new HostLocks();
  const order: number[] = [];
  let inside = 0;
  await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      locks.hold('h', 10_000, async () => {
        assert.equal(++inside, 1);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(i);
        inside--;
      }),
    ),
  );
  assert.deepEqual(order, [...Array(50).keys()]);
  assert.equal(locks.busy('h'), false);
});

test('who must wait too long gets null and does not run; a failure gives the lock on', async () => {
  const locks = new HostLocks();
  let release = () => {};
  const first = locks.hold('h', 0, () => new Promise<void>((resolve) => (release = resolve)));
  assert.equal(await locks.hold('h', 5, async () => assert.fail('ran')), null);
  assert.deepEqual(await locks.hold('other', 0, async () => 1), { value: 1 });
  release();
  await first;
  await assert.rejects(locks.hold('h', 0, () => Promise.reject(new Error('x'))));
  assert.deepEqual(await locks.hold('h', 0, async () => 2), { value: 2 });
});
