import assert from 'node:assert/strict';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { realDisk } from './disk.ts';
import { keepFiles } from './kept-files.ts';

/** A file as everybody may read it, and what keeps it. */
function newFile() {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const path = join(folder, 'resolv.conf');
  writeFileSync(path, 'nameserver 192.0.2.53\n');
  chmodSync(path, 0o644);
  const files = keepFiles(realDisk, async () => [path, join(folder, 'none')]);
  const shown = () => [readFileSync(path, 'utf8'), statSync(path).mode & 0o7777];
  return { folder, path, files, shown };
}

test('a file comes back with what it said and who may read it, and nothing is left beside it', async () => {
  const { folder, path, files, shown } = newFile();
  const kept = await files.read();
  assert.equal(kept.length, 1);
  writeFileSync(path, 'nameserver 198.51.100.53\n');
  chmodSync(path, 0o600);
  await files.putBack(kept);
  assert.deepEqual(shown(), ['nameserver 192.0.2.53\n', 0o644]);
  chmodSync(path, 0o600);
  await files.putBack(kept);
  assert.deepEqual(shown(), ['nameserver 192.0.2.53\n', 0o644], 'where only its permissions differ');
  rmSync(path);
  await files.putBack(kept);
  assert.deepEqual(shown(), ['nameserver 192.0.2.53\n', 0o644]);
  assert.deepEqual(readdirSync(folder), ['resolv.conf']);
});

test('a file is at no moment in its place with the permissions of another', async () => {
  const { folder, path, files } = newFile();
  const kept = await files.read();
  writeFileSync(path, 'nameserver 198.51.100.53\n');
  const before = statSync(path).ino;
  const arrived = new Promise<number>((resolve) => {
    const watcher = watch(folder, () => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined || stat.ino === before) return;
      watcher.close();
      resolve(stat.mode & 0o7777);
    });
  });
  await files.putBack(kept);
  assert.equal(await arrived, 0o644);
});

test('a file that cannot be put back keeps none of the others from it', async () => {
  const { folder, path, files } = newFile();
  const kept = await files.read();
  const gone = kept.map((file) => ({ ...file, path: join(folder, 'gone', 'resolv.conf') }));
  rmSync(path);
  await assert.rejects(files.putBack([...gone, ...kept]), /ENOENT.*gone/);
  assert.equal(readFileSync(path, 'utf8'), 'nameserver 192.0.2.53\n');
});

test('a file that is as it was is not written anew, and a link in its place is another hand’s', async () => {
  const { path, files } = newFile();
  const kept = await files.read();
  const { ino } = statSync(path);
  await files.putBack(kept);
  assert.equal(statSync(path).ino, ino);
  rmSync(path);
  symlinkSync('/nowhere', path);
  await files.putBack(kept);
  assert.ok(lstatSync(path).isSymbolicLink());
});
