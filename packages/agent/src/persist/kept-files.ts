/** Files that a change may touch: what they held goes into the journal whole, and a revert puts it back. */
import { lstatSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { DiskHangs } from './bounded-disk.ts';
import type { Disk } from './disk.ts';
import type { FileOwner } from './owned-file.ts';

export interface KeptFile extends FileOwner {
  path: string;
  text: string;
}

export interface KeptFiles {
  read(): Promise<KeptFile[]>;
  /**
   * Writes those that differ, in what they say or in who may read them.
   * @throws {DiskHangs} when one waits for the disk; another error when one cannot be written. Neither keeps others from being put back
   */
  putBack(files: readonly KeptFile[]): Promise<void>;
}

/** @param paths of the files, asked for at each reading; what is absent, or no regular file, is left out */
export function keepFiles(disk: Disk, paths: () => Promise<readonly string[]>): KeptFiles {
  return {
    async read() {
      const files = await Promise.all((await paths()).map((path) => readWhole(disk, path)));
      return files.filter((file) => file !== null);
    },
    async putBack(files) {
      const failures: Error[] = [];
      for (const file of files) await putOne(disk, file).catch((error: Error) => failures.push(error));
      // What waits for the disk is made good once it is back; what was refused is not.
      const hangs = failures.find((error) => error instanceof DiskHangs);
      if (hangs !== undefined) throw hangs;
      if (failures.length > 0) throw new Error(failures.map(({ message }) => message).join(' '));
    },
  };
}

async function putOne(disk: Disk, file: KeptFile): Promise<void> {
  const stat = statOf(file.path);
  // Whoever made a link of it, or a folder, owns it now.
  if (stat !== undefined && !stat.isFile()) return;
  if (isDeepStrictEqual(await readWhole(disk, file.path), file)) return;
  await disk.putOwned(file.path, file.text, file);
}

async function readWhole(disk: Disk, path: string): Promise<KeptFile | null> {
  const stat = statOf(path);
  if (stat?.isFile() !== true) return null;
  const text = await disk.read(path);
  return text === null ? null : { path, text, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
}

const statOf = (path: string) => lstatSync(path, { throwIfNoEntry: false });
