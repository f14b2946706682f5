import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CallFailed, Calls } from './calls.ts';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';
import type { Lane } from './lane.ts';
import { Multiplexer } from './multiplexer.ts';
import { Paced } from './paced.ts';

/** Two ends of one link, and how to cut it. */
function ends(): { here: Multiplexer; there: Multiplexer; cut(): void } {
  const up = new PassThrough();
  const down = new PassThrough();
  return {
    here: new Multiplexer(down, up, 1),
    there: new Multiplexer(up, down, 2),
    cut: () => {
      up.destroy();
      down.destroy();
    },
  };
}

function pair({ here, there }: { here: Multiplexer; there: Multiplexer }): { near: Lane; far: Lane } {
  const near = here.open();
  return { near, far: there.accept(near.id) };
}

/** All that comes, until its end; unlike the helpers of Node it leaves the other direction alone. */
async function buffer(lane: Lane): Promise<Buffer> {
  const chunks: Buffer[] = [];
  lane.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(lane, 'end');
  return Buffer.concat(chunks);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('frames', () => {
  const kind = fc.constantFrom('message', 'data', 'end', 'reset', 'credit' as const) as fc.Arbitrary<Frame['kind']>;
  const payload = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
  const frame = fc.record({ lane: fc.nat(2 ** 32 - 1), kind, payload }, { noNullPrototype: true });

  test('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.infiniteStream(fc.integer({ min: 1, max: 30 })), (frames, sizes) => {
        const reader = new FrameReader();
        const read: Frame[] = [];
        let bytes = Buffer.concat(frames.map(({ lane, kind, payload }) => encodeFrame(lane, kind, payload)));
        for (const size of sizes) {
          if (bytes.length === 0) break;
          read.push(...reader.push(bytes.subarray(0, size)));
          bytes = bytes.subarray(size);
        }
        assert.deepEqual(read, frames);
      }),
    );
  });
});

describe('multiplexer', () => {
  test('carries each direction of a lane whole, and ends each on its own', async () => {
    const { near, far } = pair(ends());
    const sent = Buffer.alloc(1_000_000, 'patch');
    near.end(sent);
    assert.ok((await buffer(far)).equals(sent));
    assert.equal(near.readableEnded, false);
    far.end('thanks');
    assert.equal(String(await buffer(near)), 'thanks');
  });

  test('a lane that nobody reads stops its writer and no other lane', async () => {
    const both = ends();
    const stuck = pair(both);
    const free = pair(both);
    stuck.near.end(Buffer.alloc(1_000_000));
    free.near.end(Buffer.alloc(1_000_000));
    assert.equal((await buffer(free.far)).length, 1_000_000);
    await turn();
    assert.equal(stuck.near.writableFinished, false);
    assert.ok(stuck.far.readableLength <= 128 * 1024, `${stuck.far.readableLength} bytes wait`);
    assert.equal((await buffer(stuck.far)).length, 1_000_000);
  });

  test('a destroyed lane is reset at the other end', async () => {
    const { near, far } = pair(ends());
    near.destroy();
    const [error] = await once(far, 'error');
    assert.match(String(error), /reset/);
  });

  test('the end of the link ends lanes and calls', async () => {
    const both = ends();
    const { near, far } = pair(both);
    const calls = new Calls<{ never(params: null): void }>(both.here, {});
    new Calls(both.there, { never: () => new Promise(() => {}) });
    far.on('error', () => {});
    const refused = assert.rejects(calls.call('never', null), CallFailed);
    const failed = once(near, 'error');
    both.cut();
    const [error] = await failed;
    assert.match(String(error), /gone/);
    await refused;
    await assert.rejects(calls.call('never', null), CallFailed);
  });

  test('calls go both ways, and what a method throws comes back', async () => {
    const both = ends();
    const here = new Calls<{ double(n: number): number; fail(params: null): void }>(both.here, {
      name: () => 'here',
    });
    const there = new Calls<{ name(params: null): string }>(both.there, {
      double: (n: number) => 2 * n,
      fail: () => {
        throw new Error('the cable is cut');
      },
    });
    assert.deepEqual(await Promise.all([here.call('double', 21), there.call('name', null)]), [42, 'here']);
    await assert.rejects(here.call('fail', null), { message: 'the cable is cut' });
  });
});

describe('paced', () => {
  test('never has more under way than the window, and sends all', async () => {
    const sent: Buffer[] = [];
    let under = 0;
    const line = new Writable({
      write(chunk: Buffer, _encoding, done) {
        sent.push(chunk);
        under += chunk.length;
        assert.ok(under <= 3840, `${under} bytes under way`);
        done();
      },
    });
    const paced = new Paced(line);
    const all = Buffer.alloc(100_000, 'abcdefg');
    paced.end(all);
    while (!paced.writableFinished) {
      const taken = Math.min(under, 1000);
      under -= taken;
      paced.taken(taken);
      await turn();
    }
    assert.ok(Buffer.concat(sent).equals(all));
  });
});
