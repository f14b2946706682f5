/** Restarting a host whose disk does not answer. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { restartHost } from './restart-host.ts';

/** Of a process, unless somebody says otherwise (libuv, `UV_THREADPOOL_SIZE`). */
const THREADS = 4;

test('a host is restarted although its disk holds every thread', { timeout: 10_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const held = join(folder, 'held');
  const trigger = join(folder, 'trigger');
  assert.equal(spawnSync('mkfifo', [held]).status, 0);
  writeFileSync(trigger, '');
  let holding = THREADS;
  for (let n = 0; n < THREADS; n += 1) {
    // A pipe is not opened before somebody is at its other end.
    void readFile(held).then(() => {
      holding -= 1;
    });
  }
  const restarted = restartHost(trigger).then(() => holding);
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('not restarted'), 2_000).unref());
  const outcome = await Promise.race([restarted, late]);
  while (holding > 0) {
    closeSync(openSync(held, constants.O_RDWR));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual([outcome, readFileSync(trigger, 'utf8')], [THREADS, 'b']);
});
