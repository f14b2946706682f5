/** `/etc/resolv.conf` as a file: read with everything that makes it what it is, and replaced whole. */
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { type FileHandle, open, rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ResolverFile } from '@patchbay/protocol';
import { hasCode, realDisk } from '../persist/disk.ts';

/** @returns null when there is none */
export function readResolverFile(path: string): ResolverFile | null {
  // Every look at the host comes by here. `Disk` has a word on calls that are handed to another thread.
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  const { uid, gid } = stat;
  const mode = stat.mode & 0o7777;
  return stat.isSymbolicLink()
    ? { target: readlinkSync(path), content: null, mode, uid, gid }
    : { target: null, content: readFileSync(path, 'utf8'), mode, uid, gid };
}

/**
 * Afterwards the file is the given one, at every moment before it the old one. A link that stands there is replaced, never
 * written through; null removes what is there.
 */
export async function putResolverFile(path: string, file: ResolverFile | null): Promise<void> {
  const temporary = `${dirname(path)}/.resolv.conf.patchbay`;
  await rm(temporary, { force: true });
  if (file === null) await rm(path, { force: true });
  else if (file.target !== null) {
    await symlink(file.target, temporary);
    await rename(temporary, path);
  } else await replace(path, temporary, file, file.content ?? '');
  await realDisk.syncFolder(dirname(path));
}

async function replace(path: string, temporary: string, owner: ResolverFile, text: string): Promise<void> {
  await write(temporary, 'wx', owner, text);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    // In a container or a named network namespace the file is a mount point, which cannot be renamed over.
    if (!hasCode(error, 'EBUSY')) throw error;
    await write(path, 'r+', owner, text);
  }
}

async function write(path: string, flags: 'wx' | 'r+', owner: ResolverFile, text: string): Promise<void> {
  const file: FileHandle = await open(path, flags, owner.mode);
  try {
    await file.chmod(owner.mode);
    if (process.getuid?.() === 0) await file.chown(owner.uid, owner.gid);
    await file.write(text, 0);
    await file.truncate(Buffer.byteLength(text));
    await file.sync();
  } finally {
    await file.close();
  }
}
