import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod/mini';
import { RpcError, RpcPeer } from './rpc.ts';

test('an answer of another shape than was agreed fails that call, and the next one works', async () => {
  const methods = { count: { params: z.object({}), result: z.object({ number: z.int() }) } };
  const answers = ['many', 2];
  const peer = new RpcPeer({}, {}, methods, (frame) => {
    const { id } = JSON.parse(frame) as { id: number };
    void peer.receive(JSON.stringify({ jsonrpc: '2.0', id, result: { number: answers.shift() } }));
  });
  await assert.rejects(peer.call('count', {}, 1000), (error: unknown) => {
    assert.ok(error instanceof RpcError);
    assert.deepEqual([error.reason, error.answered], ['invalid', true]);
    assert.match(error.message, /count.*number/s);
    return true;
  });
  assert.deepEqual(await peer.call('count', {}, 1000), { number: 2 });
});
