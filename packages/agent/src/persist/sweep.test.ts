import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { realDisk, replaceFile } from './disk.ts';
import { sweep, sweepBeside } from './sweep.ts';

/** No process has it: pids are smaller. */
const NOBODY = 2 ** 22;

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'patchbay-'));
}

test('what killed writers have left goes, in every folder; what a living one writes stays, and all that is no such file', async () => {
  const [folder, elsewhere] = [newFolder(), newFolder()];
  mkdirSync(join(folder, 'txn', 't1'), { recursive: true });
  symlinkSync(elsewhere, join(folder, 'theirs'));
  const living = `.new-${process.ppid}-1`;
  for (const path of [folder, join(folder, 'txn', 't1'), elsewhere]) {
    for (const name of [`.new-${NOBODY}-1`, `.new-${process.pid}-7`, living, '.new', 'running.json']) {
      writeFileSync(join(path, name), '');
    }
  }
  await sweep(folder);
  assert.deepEqual(readdirSync(folder), ['.new', living, 'running.json', 'theirs', 'txn']);
  assert.deepEqual(readdirSync(join(folder, 'txn', 't1')), ['.new', living, 'running.json']);
  assert.equal(readdirSync(elsewhere).length, 5, 'what a link leads to is another’s');
});

test('it goes by the names that are written under', async () => {
  const folder = newFolder();
  // As when it is killed between the two.
  const killed = async () => {
    throw new Error('killed');
  };
  const disk = { ...realDisk, rename: killed, remove: killed };
  await assert.rejects(replaceFile(disk, join(folder, 'running.json'), 'text'), /killed/);
  assert.equal(readdirSync(folder).length, 1);
  await sweep(folder);
  assert.deepEqual(readdirSync(folder), []);
});

test('beside a file of the host, what is older than this process goes, and nothing else', async () => {
  const folder = newFolder();
  const path = join(folder, 'resolv.conf');
  writeFileSync(path, '');
  const left = join(folder, '.resolv.conf.patchbay');
  writeFileSync(left, '');
  writeFileSync(join(folder, '.resolv.conf.other'), '');
  await sweepBeside(path);
  assert.ok(existsSync(left), 'it may be about to be put there');
  utimesSync(left, 1, 1);
  utimesSync(join(folder, '.resolv.conf.other'), 1, 1);
  await sweepBeside(path);
  assert.deepEqual(readdirSync(folder), ['.resolv.conf.other', 'resolv.conf']);
});
