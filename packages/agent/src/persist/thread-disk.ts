/**
 * The disk of a process that has to go on while the disk hangs: a call that does not come back holds a thread, and not the process.
 * It costs more than the calls of `realDisk`, which hold the process for as long as they take.
 */
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import type { Disk } from './disk.ts';
import { hasCode } from './has-code.ts';
import { putOwnedFile, syncNames } from './owned-file.ts';

export const threadDisk: Disk = {
  read: (path) => absentAs(null, readFile(path, 'utf8')),
  write: (path, text) => put(path, 'w', text),
  append: (path, text) => put(path, 'a', text),
  putOwned: putOwnedFile,
  rename,
  link: (from, to) =>
    link(from, to).then(
      () => true,
      (error: unknown) => {
        if (hasCode(error, 'EEXIST')) return false;
        throw error;
      },
    ),
  syncFolder: syncNames,
  async list(path) {
    return (await absentAs([], readdir(path))).sort();
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
};

async function put(path: string, how: 'w' | 'a', text: string): Promise<void> {
  const file = await open(path, how, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function absentAs<T>(nothing: T, found: Promise<T>): Promise<T> {
  return found.catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return nothing;
    throw error;
  });
}
