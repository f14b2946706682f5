import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './spawn.ts';

test('nobody waits long for a program that was ended and does not go', { timeout: 10_000 }, async () => {
  // What it leaves behind holds its output open, in a session that no signal for its group reaches.
  const { status, cut } = await run('sh', ['-c', 'setsid sleep 20 & exec sleep 60'], 100);
  assert.deepEqual({ status, cut }, { status: null, cut: false });
});
