/** Files that a change may touch: what they held goes into the journal whole, and a revert puts it back. */
import { lstatSync } from 'node:fs';
import { chmod, chown, writeFile } from 'node:fs/promises';
import { type Disk, hasCode, replaceFile } from './disk.ts';

export interface KeptFile {
  path: string;
  text: string;
  /** Permissions alone. */
  mode: number;
  uid: number;
  gid: number;
}

export interface KeptFiles {
  read(): Promise<KeptFile[]>;
  /** Writes those that differ. @throws when one cannot be written */
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
      for (const file of files) {
        const now = statOf(file.path);
        // Whoever made a link of it, or a folder, owns it now.
        if (now !== undefined && !now.isFile()) continue;
        if (now !== undefined && (await disk.read(file.path)) === file.text) continue;
        await write(disk, file);
      }
    },
  };
}

async function readWhole(disk: Disk, path: string): Promise<KeptFile | null> {
  const stat = statOf(path);
  if (stat?.isFile() !== true) return null;
  const text = await disk.read(path);
  return text === null ? null : { path, text, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
}

async function write(disk: Disk, { path, text, mode, uid, gid }: KeptFile): Promise<void> {
  try {
    await replaceFile(disk, path, text);
  } catch (error) {
    // In a container or a named network namespace the file is a mount point, which cannot be renamed over.
    if (!hasCode(error, 'EBUSY')) throw error;
    await writeFile(path, text);
  }
  await chmod(path, mode);
  if (process.getuid?.() === 0) await chown(path, uid, gid);
}

const statOf = (path: string) => lstatSync(path, { throwIfNoEntry: false });
