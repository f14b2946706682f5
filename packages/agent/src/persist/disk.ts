/** The few file operations that durability rests on, in one place so that tests can fail or cut them one by one. */
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Disk {
  /** Content of a file, or null when there is none. */
  read(path: string): Promise<string | null>;
  /** Writes a file anew, readable by its owner only, and resolves when the content is on the medium. */
  write(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; false when that name is taken. */
  link(from: string, to: string): Promise<boolean>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  /** Names in a folder, sorted; none when the folder is absent. */
  list(path: string): Promise<string[]>;
  makeFolder(path: string): Promise<void>;
  /** Removes a file or a folder with all it holds; an absent one is fine. */
  remove(path: string): Promise<void>;
}

export const realDisk: Disk = {
  async read(path) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    }
  },
  async write(path, text) {
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  async link(from, to) {
    try {
      await link(from, to);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  },
  async syncFolder(path) {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  async list(path) {
    try {
      return (await readdir(path)).sort();
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async remove(path) {
    await rm(path, { recursive: true, force: true });
  },
};

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

let temporaries = 0;
/** Unlike every other name of every process that shares the folder. Starts with a dot: readers of folders skip it. */
function temporaryBeside(path: string): string {
  temporaries += 1;
  return `${dirname(path)}/.new-${process.pid}-${temporaries}`;
}

/** Puts `text` at `path`: afterwards, and after a power cut at any point, the file is whole, the old one or the new one. */
export async function replaceFile(disk: Disk, path: string, text: string): Promise<void> {
  const temporary = temporaryBeside(path);
  await disk.write(temporary, text);
  await disk.rename(temporary, path);
  await disk.syncFolder(dirname(path));
}

/**
 * Creates `path` whole, or finds it taken. Of any number of processes that try, exactly one is told true.
 * Durable before it answers.
 */
export async function claimFile(disk: Disk, path: string, text: string): Promise<boolean> {
  const temporary = temporaryBeside(path);
  await disk.write(temporary, text);
  const won = await disk.link(temporary, path);
  await disk.remove(temporary);
  await disk.syncFolder(dirname(path));
  return won;
}

/** Makes a folder and every folder above it, durably. */
export async function makeFolder(disk: Disk, path: string): Promise<void> {
  await disk.makeFolder(path);
  await disk.syncFolder(dirname(path));
}

/** Reads a document that this package wrote itself: {@link replaceFile} leaves no half one, so its shape is known. */
export async function readDocument<T>(disk: Disk, path: string): Promise<T | null> {
  const text = await disk.read(path);
  return text === null ? null : (JSON.parse(text) as T);
}

export async function writeDocument(disk: Disk, path: string, document: unknown): Promise<void> {
  await replaceFile(disk, path, `${JSON.stringify(document)}\n`);
}
