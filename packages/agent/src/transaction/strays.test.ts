import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive, kill, type ProcessId, processOf } from '../persist/process-id.ts';
import { endListeners, endStrays, listenerMark, strayMark } from './strays.ts';

/** A process whose parent has ended, as the child of a killed agent. */
function orphan(environment: Record<string, string>): ProcessId {
  const text = execFileSync('sh', ['-c', 'sleep 600 >/dev/null 2>&1 & echo $!'], {
    env: { PATH: '/usr/bin:/bin', ...environment },
    encoding: 'utf8',
  });
  const id = processOf(Number(text));
  assert.ok(id !== null);
  return id;
}

test('what a killed agent left working is ended, and nothing else', async () => {
  const mine = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const other = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const stray = orphan(strayMark(mine));
  const ofAnotherHost = orphan(strayMark(other));
  const unmarked = orphan({});
  const listener = orphan(listenerMark(mine));
  const child = spawn('sleep', ['600'], { env: { PATH: '/usr/bin:/bin', ...strayMark(mine) } });
  await new Promise((resolve) => child.once('spawn', resolve));
  const own = processOf(child.pid ?? 0);
  assert.ok(own !== null);
  try {
    await endStrays(mine);
    assert.deepEqual([stray, ofAnotherHost, unmarked, own, listener].map(isAlive), [false, true, true, true, true]);
    await endListeners(other);
    assert.ok(isAlive(listener), 'another host’s agent has begun');
    await endListeners(mine);
    assert.deepEqual([ofAnotherHost, unmarked, own, listener].map(isAlive), [true, true, true, false]);
  } finally {
    for (const id of [stray, ofAnotherHost, unmarked, own, listener]) kill(id);
  }
});

test('what does not go is not waited for', { timeout: 10_000 }, async () => {
  const mine = mkdtempSync(join(tmpdir(), 'patchbay-'));
  // Somebody of no concern starts another one for each that is ended.
  const { PATCHBAY_STATE } = strayMark(mine);
  const source = spawn('sh', ['-c', `while :; do PATCHBAY_STATE=${PATCHBAY_STATE} sleep 600; done`], {
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: 'ignore',
  });
  await new Promise((resolve) => source.once('spawn', resolve));
  try {
    while ((await endStrays(mine, 0)).length === 0) await new Promise((resolve) => setImmediate(resolve));
    await endStrays(mine, 300);
  } finally {
    process.kill(-(source.pid ?? 0), 'SIGKILL');
  }
});
