/** Name servers in `resolv.conf` as a regular file. Other arrangements (a symlink into another program's folder) are refused. */
import { type FileHandle, lstat, open, readFile, readlink, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '../persist/disk.ts';

export class ResolvConf {
  readonly #path: string;

  constructor(path = '/etc/resolv.conf') {
    this.#path = path;
  }

  /**
   * Replaces the `nameserver` lines and keeps every other, with the file's mode and owner.
   * @throws when the file belongs to another program: a link is never written through
   */
  async set(nameservers: readonly string[]): Promise<void> {
    const file = await lstat(this.#path).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    });
    if (file?.isSymbolicLink() === true) {
      const target = await readlink(this.#path);
      throw new Error(`${this.#path} is a link to ${target}, so another program owns it; name servers were not set.`);
    }
    const before = file === null ? '' : await readFile(this.#path, 'utf8');
    const after = withNameservers(before, nameservers);
    if (after === before) return;
    const { mode, uid, gid } = file ?? { mode: 0o644, uid: 0, gid: 0 };
    await this.#replace(after, { mode: mode & 0o7777, uid, gid });
  }

  async #replace(text: string, owner: { mode: number; uid: number; gid: number }): Promise<void> {
    const temporary = `${dirname(this.#path)}/.resolv.conf.patchbay`;
    const file = await open(temporary, 'w', owner.mode);
    try {
      await file.chmod(owner.mode);
      if (process.getuid?.() === 0) await file.chown(owner.uid, owner.gid);
      await writeAll(file, text);
    } finally {
      await file.close();
    }
    try {
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      // In a container or a named network namespace the file is a mount point, which cannot be renamed over.
      if (!hasCode(error, 'EBUSY')) throw error;
      await writeInPlace(this.#path, text);
    }
    const folder = await open(dirname(this.#path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

async function writeInPlace(path: string, text: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await writeAll(file, text);
    await file.truncate(Buffer.byteLength(text));
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, text: string): Promise<void> {
  await file.write(text, 0);
  await file.sync();
}

/** The servers come where the first one stood; order is meaning (resolv.conf(5)). */
export function withNameservers(text: string, nameservers: readonly string[]): string {
  const isServer = (line: string): boolean => /^\s*nameserver\b/.test(line);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const first = lines.findIndex(isServer);
  const others = lines.filter((line) => !isServer(line));
  const at = first === -1 ? others.length : lines.slice(0, first).length;
  const result = [...others.slice(0, at), ...nameservers.map((server) => `nameserver ${server}`), ...others.slice(at)];
  return result.length === 0 ? '' : `${result.join('\n')}\n`;
}
