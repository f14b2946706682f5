/** A guard on a host whose disk takes nothing for a while. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScarceDisk } from '../persist/disk-for-tests.ts';
import { Journal } from '../persist/journal.ts';
import { planRestore } from '../plan/plan-for.ts';
import {
  applyRequest,
  deadProcess,
  FileKernel,
  openFileRestorer,
  openTrial,
  type staysSilent,
} from '../transaction/testing.ts';
import { Guard } from './guard.ts';

test('a guard takes a change back although nothing can be written, and tries again until that is written as well', {
  timeout: 20_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const before = await kernel.observe();
  const left = async () => planRestore(await kernel.observe(), before).ops;
  const disk = new ScarceDisk();
  // Its agent ends with the change applied.
  const asked = new Promise<void>((resolve) => {
    const confirm: typeof staysSilent = () => {
      resolve();
      return new Promise(() => {});
    };
    void openTrial(state, kernel, { confirm, self: deadProcess }).then(({ transactions }) =>
      transactions.apply(applyRequest()),
    );
  });
  await asked;
  assert.notDeepEqual(await left(), []);

  disk.makeReadOnly();
  let tell: () => void = () => {};
  const failed = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const restorer = await openFileRestorer(state, kernel);
  const log: typeof restorer.log = (_, message) => {
    if (message === 'guard') tell();
  };
  const journal = await Journal.open(disk, state, 't1');
  assert.ok(journal !== null);
  const home = process.cwd();
  const guard = await Guard.start({ ...restorer, disk, log }, journal);
  await failed;
  assert.deepEqual(await left(), []);
  disk.mend();
  await guard.ended;
  process.chdir(home);
  assert.equal((await Journal.open(disk, state, 't1'))?.record.mark, 'REVERTED');
});
