import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IpBatch } from './ip-batch.ts';

test('an ip that could not be started, or was ended by somebody, has refused nothing; one that says no, or nothing, has', async () => {
  const cutOf = async (within: readonly string[], limit = 10_000) => {
    const result = await new IpBatch([], {}, limit, within).run(['link show dev lo']);
    return result.ok ? null : result.cut;
  };
  assert.equal(await cutOf(['/none/ip']), true);
  assert.equal(await cutOf(['sh', '-c', 'kill -9 $$']), true);
  assert.equal(await cutOf(['sh', '-c', 'exit 2']), false);
  assert.equal(await cutOf(['sh', '-c', 'sleep 60'], 100), false);
});
