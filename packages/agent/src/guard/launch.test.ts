/** Who watches over a guard that does not come up, on a host where time is only noted. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keeperLauncher } from './launch.ts';
import { PROGRAM, TRANSACTION } from './lines.ts';

/** @param guard what a start of it does, in its folder, in words of a shell. @returns the pauses until nobody watches any more */
async function pausesOf(t: TestContext, guard: string, journal: boolean): Promise<number[]> {
  const host = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const folder = join(host, 'guard');
  for (const name of [folder, join(host, 'journal'), join(host, 'bin')]) mkdirSync(name);
  writeFileSync(join(folder, PROGRAM), '');
  writeFileSync(join(folder, 'pauses'), '');
  if (journal) symlinkSync('../journal', join(folder, TRANSACTION));
  const program = (name: string, text: string): string => {
    const path = join(host, 'bin', name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o700 });
    return path;
  };
  program('sleep', 'echo "$1" >>pauses');
  const { PATH } = process.env;
  t.after(() => {
    process.env['PATH'] = PATH;
    rmSync(host, { recursive: true });
  });
  process.env['PATH'] = `${host}/bin:${PATH}`;
  const launcher = keeperLauncher(program('node', guard), join(host, 'log'));
  const { failed } = await launcher.launch('guard', folder);
  // Whoever watches over a guard keeps no process from its end.
  const stay = setInterval(() => {}, 60_000);
  t.after(() => clearInterval(stay));
  await once(failed, 'abort');
  return readFileSync(join(folder, 'pauses'), 'utf8').split('\n').filter(Boolean).map(Number);
}

const started = (times: number): string => `echo >>starts; [ $(wc -l <starts) -eq ${times} ]`;

test('a guard with a change is started again as long as its journal is there, with growing pauses', async (t) => {
  const pauses = await pausesOf(t, `${started(120)} && rmdir ../journal; exit 1`, true);
  assert.deepEqual(pauses.slice(0, 49), Array(49).fill(0.1));
  assert.deepEqual(
    pauses.slice(49, 80),
    Array.from({ length: 31 }, (_, at) => Math.min(at + 1, 30)),
  );
  assert.deepEqual([...new Set(pauses.slice(79))], [30]);
  assert.equal(pauses.length, 119, 'not once more when it is gone');
});

test('a guard that has nothing to guard, and does not come up, is given up', async (t) => {
  assert.deepEqual(await pausesOf(t, 'exit 1', false), Array(49).fill(0.1));
});

test('a guard that comes up after all, and ends, is not started again', async (t) => {
  assert.equal((await pausesOf(t, started(60), true)).length, 59);
});
