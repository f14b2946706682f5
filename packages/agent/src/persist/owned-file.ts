/** Files that are not ours alone: replaced whole, with the permissions and the owner that they shall have. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { hasCode } from './has-code.ts';

export interface FileOwner {
  /** Permissions alone. */
  mode: number;
  /** These two count where root writes. */
  uid: number;
  gid: number;
}

/** Where such a file is written before it is put in its place. */
export function temporaryOf(path: string): string {
  return `${dirname(path)}/.${basename(path)}.patchbay`;
}

/**
 * Afterwards the file has the text; at every moment, and after a power cut at any point, it is the old one or the new one, never one that
 * others cannot read yet. A link that stands there is replaced, never written through.
 * @throws when it cannot be written
 */
export async function putOwnedFile(path: string, text: string, owner: FileOwner): Promise<void> {
  const temporary = temporaryOf(path);
  await rm(temporary, { force: true });
  await write(temporary, 'wx', owner, text);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    // In a container or a named network namespace the file is a mount point, which cannot be renamed over.
    if (!hasCode(error, 'EBUSY')) throw error;
    await write(path, 'r+', owner, text);
  }
  await syncNames(dirname(path));
}

/** Makes the names in a folder durable. */
export async function syncNames(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function write(path: string, flags: 'wx' | 'r+', owner: FileOwner, text: string): Promise<void> {
  const file: FileHandle = await open(path, flags, owner.mode);
  try {
    if (process.getuid?.() === 0) await file.chown(owner.uid, owner.gid);
    // A change of owner takes some permissions away.
    await file.chmod(owner.mode);
    await file.write(text, 0);
    await file.truncate(Buffer.byteLength(text));
    await file.sync();
  } finally {
    await file.close();
  }
}
