/** Files in the folders of other programs: readable by them, and whole at any moment. */
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { realDisk } from '../persist/disk.ts';

/** Settings of a host that was handed back; goes when Patchbay has it again. */
export const HANDED_SYSCTLS = '/etc/sysctl.d/90-patchbay-handed-back.conf';

/** Content of a small file, or null when it cannot be read. */
export function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Names in a folder, sorted; none when it cannot be read. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/** After a power cut at any point the file is the old one or the new one. Folders above are made. */
export async function putFile(path: string, text: string, mode = 0o644): Promise<void> {
  await makeFolders(dirname(path));
  // A name that none of the programs reads.
  const temporary = `${dirname(path)}/.${basename(path)}.patchbay-new`;
  const file = await open(temporary, 'w', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await realDisk.syncFolder(dirname(path));
}

/** Others go through them as well, whatever the mask of this process. */
async function makeFolders(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) await chmod(folder, 0o755);
}

/** One that is not there is fine. */
export async function dropFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
