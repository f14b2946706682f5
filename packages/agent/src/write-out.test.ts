/** Standard output that takes nothing more: a pipe that is full is waited for as a file on a disk that hangs is. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PROGRAM = `
import { OutputBehind } from './write-out.ts';
import { writeSync } from 'node:fs';
const output = new OutputBehind();
output.write('first\\n');
output.write('second\\n');
await output.written(10);
writeSync(2, 'went on');
await output.written(60_000);
`;

/** Until nothing is left in the pipe. */
function drain(pipe: number): string {
  const buffer = Buffer.alloc(64 * 1024);
  let text = '';
  for (;;) {
    try {
      text += buffer.toString('latin1', 0, readSync(pipe, buffer));
    } catch (error) {
      assert.match(String(error), /EAGAIN/);
      return text;
    }
  }
}

test('who says something goes on while it cannot be written, and it is written in order when it can', {
  timeout: 30_000,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const program = join(folder, 'program.mjs');
  const resolveDir = fileURLToPath(new URL('.', import.meta.url));
  // Alone: whoever loads a program from its source looks at standard output, and that makes a pipe one that is not waited for.
  await build({
    stdin: { contents: PROGRAM, resolveDir },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const path = join(folder, 'pipe');
  assert.equal(spawnSync('mkfifo', [path]).status, 0);
  const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const full = () => {
    for (;;) writeSync(pipe, '.'.repeat(4096));
  };
  assert.throws(full, /EAGAIN/);
  const theirs = openSync(path, 'a');
  const child = spawn(process.execPath, [program], { stdio: ['ignore', theirs, 'pipe'] });
  closeSync(theirs);
  t.after(() => {
    child.kill('SIGKILL');
    closeSync(pipe);
  });
  const [said] = await once(child.stderr ?? assert.fail(), 'data');
  assert.equal(String(said), 'went on');
  const first = drain(pipe);
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.equal((first + drain(pipe)).replace(/^\.+/, ''), 'first\nsecond\n');
});
