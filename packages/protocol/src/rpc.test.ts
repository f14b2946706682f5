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

test('however much is wrong with a map, it is refused in a few words and the next one works', async () => {
  const methods = {
    list: {
      params: z.object({ names: z.record(z.string(), z.string()) }),
      result: z.object({ names: z.record(z.string(), z.string()) }),
    },
  };
  for (const wrong of [100, 500_000]) {
    const names = Object.fromEntries(Array.from({ length: wrong }, (_, at) => [`k${at}`, 0])) as never;
    const served: Record<string, string>[] = [];
    const sent: number[] = [];
    const handler = async (params: { names: Record<string, string> }) => {
      served.push(params.names);
      return { names: served.length === 1 ? names : params.names };
    };
    const [asking, answering] = [
      new RpcPeer({}, {}, methods, toOther),
      new RpcPeer(methods, { list: handler }, {}, toAsking),
    ];
    function toOther(frame: string) {
      void answering.receive(frame);
    }
    function toAsking(frame: string) {
      sent.push(frame.length);
      void asking.receive(frame);
    }
    const refused = await asking.call('list', { names }, 20_000).catch((error: unknown) => error);
    assert.ok(refused instanceof RpcError);
    assert.deepEqual([refused.reason, refused.problem?.code], ['refused', 'ERR_BAD_PARAMS']);
    assert.ok((sent[0] ?? 0) < 4000, `${sent[0]} characters`);
    assert.deepEqual(served, []);
    await assert.rejects(asking.call('list', { names: {} }, 20_000), { reason: 'invalid' });
    assert.deepEqual(await asking.call('list', { names: { a: 'b' } }, 20_000), { names: { a: 'b' } });
  }
});

test('what is wrong is not looked for any further than to its first place', async () => {
  let looks = 0;
  const wrong = z.custom(() => {
    looks += 1;
    return false;
  });
  const methods = { list: { params: z.object({ lists: z.array(z.array(wrong)) }), result: z.object({}) } };
  let answer = '';
  const peer = new RpcPeer(methods, { list: async () => ({}) }, {}, (frame) => {
    answer = frame;
  });
  const lists = Array.from({ length: 10 }, () => [1, 2, 3]);
  await peer.receive(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'list', params: { lists } }));
  assert.match(answer, /lists\[0\]\[0\]/);
  assert.equal(looks, 1);
});
