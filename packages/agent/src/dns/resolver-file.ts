/** `/etc/resolv.conf` as a file: read with everything that makes it what it is, and replaced whole. */
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { rename, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ResolverFile } from '@patchbay/protocol';
import { realDisk } from '../persist/disk.ts';
import { putOwnedFile, temporaryOf } from '../persist/owned-file.ts';

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
  const target = file?.target ?? null;
  if (file !== null && target === null) return putOwnedFile(path, file.content ?? '', file);
  if (target === null) await rm(path, { force: true });
  else {
    const temporary = temporaryOf(path);
    await rm(temporary, { force: true });
    await symlink(target, temporary);
    await rename(temporary, path);
  }
  await realDisk.syncFolder(dirname(path));
}
