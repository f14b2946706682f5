/** A disk that does not come back, and one who goes on. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { boundedDisk, DiskHangs } from './bounded-disk.ts';
import { claimFile, type Disk, realDisk } from './disk.ts';
import { HangingDisk } from './disk-for-tests.ts';
import { rememberingDisk } from './remembering-disk.ts';
import { threadDisk } from './thread-disk.ts';

/** Asks until the disk is back. */
async function untilTaken(ask: () => Promise<unknown>): Promise<void> {
  const refused = (error: unknown) => {
    assert.ok(error instanceof DiskHangs);
    return 'refused';
  };
  while ((await ask().catch(refused)) === 'refused') await new Promise((resolve) => setImmediate(resolve));
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'patchbay-'));

test('what is in flight when the disk hangs is refused in time, what follows at once, until the disk is back', {
  timeout: 10_000,
}, async () => {
  const folder = newFolder();
  const hanging = new HangingDisk();
  const asked: string[] = [];
  const disk = boundedDisk(
    {
      ...hanging.disk,
      write(path, text) {
        asked.push(path);
        return hanging.disk.write(path, text);
      },
    },
    50,
  );
  hanging.hang(0, false);
  await assert.rejects(disk.write(`${folder}/first`, 'a'), DiskHangs);
  await assert.rejects(disk.write(`${folder}/second`, 'b'), DiskHangs);
  assert.deepEqual(asked, [`${folder}/first`], 'the second holds no thread');
  assert.deepEqual(await disk.list(folder), [], 'and can be read');
  hanging.mend();
  await untilTaken(() => disk.write(`${folder}/second`, 'c'));
  assert.equal(await disk.read(`${folder}/first`), 'a', 'what was in flight is done after all');
  assert.equal(await disk.read(`${folder}/second`), 'c');
});

test('what cannot be read in time is as it was read last; what never was is not taken for absent', {
  timeout: 10_000,
}, async () => {
  const path = join(newFolder(), 'file');
  const hanging = new HangingDisk();
  const bounded = boundedDisk(hanging.disk, 50);
  const disk = rememberingDisk(bounded);
  await disk.write(path, 'a');
  assert.equal(await disk.read(path), 'a');
  hanging.hang(0, true);
  assert.equal(await disk.read(path), 'a');
  await assert.rejects(disk.read(`${path}2`), DiskHangs);
  await assert.rejects(bounded.read(path), DiskHangs, 'another process may have written it');
});

test('a disk is not late because the process stood still', { timeout: 10_000 }, async () => {
  const path = join(newFolder(), 'file');
  const disk = boundedDisk(threadDisk, 1_000);
  await disk.write(path, 'a');
  const found = disk.read(path);
  for (const end = performance.now() + 1_500; performance.now() < end; );
  assert.equal(await found, 'a');
});

test('a call that the kernel holds holds up nothing else', { timeout: 10_000 }, async () => {
  const path = join(newFolder(), 'held');
  assert.equal(spawnSync('mkfifo', [path]).status, 0);
  const disk = boundedDisk(threadDisk, 50);
  // A pipe is not opened before somebody is at its other end.
  for (const [held, flags] of [
    [() => disk.read(path), 'w'],
    [() => disk.write(path, ''), 'r'],
    [() => disk.append(path, ''), 'r'],
  ] as const) {
    await assert.rejects(held(), DiskHangs);
    const other = await open(path, flags);
    await other.close();
    await untilTaken(() => (flags === 'w' ? disk.read(`${path}2`) : disk.remove(`${path}2`)));
  }
});

test('a disk by threads does what the other does', async () => {
  const does = async (disk: Disk) => {
    const folder = `${newFolder()}/made`;
    await disk.makeFolder(folder);
    const wins = [await claimFile(disk, `${folder}/claim`, '1'), await claimFile(disk, `${folder}/claim`, '2')];
    await disk.write(`${folder}/a`, 'old');
    await disk.write(`${folder}/a`, 'new');
    await disk.append(`${folder}/a`, 'er');
    await disk.rename(`${folder}/a`, `${folder}/b`);
    await disk.remove(`${folder}/none`);
    await disk.putOwned(`${folder}/owned`, 'text', { mode: 0o640, uid: 0, gid: 0 });
    const modes = ['b', 'owned', '.'].map((name) => statSync(`${folder}/${name}`).mode & 0o7777);
    const found = [await disk.list(folder), await disk.list(`${folder}/none`), await disk.read(`${folder}/none`)];
    const texts = ['claim', 'b'].map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
    await assert.rejects(disk.read(folder));
    await assert.rejects(disk.link(`${folder}/none`, `${folder}/c`));
    await disk.remove(folder);
    return { wins, modes, found, texts, left: await disk.list(folder) };
  };
  assert.deepEqual(await does(threadDisk), await does(realDisk));
});
