/** The few file operations that durability rests on, in one place so that tests can fail or cut them one by one. */
import {
  closeSync,
  fsync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { hasCode, isShortage } from './has-code.ts';
import { type FileOwner, putOwnedFile } from './owned-file.ts';

export interface Disk {
  /** Content of a file, or null when there is none. */
  read(path: string): Promise<string | null>;
  /** Writes a file anew, readable by its owner only, and resolves when the content is on the medium. */
  write(path: string, text: string): Promise<void>;
  /**
   * Adds to the end of a file, which it makes when there is none, and resolves when the text is on the medium. After a power cut
   * before that, any part of the text may be there.
   */
  append(path: string, text: string): Promise<void>;
  /** Replaces a file that is not ours alone, or makes it: see {@link putOwnedFile}. */
  putOwned(path: string, text: string, owner: FileOwner): Promise<void>;
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

const sync = promisify(fsync);

/**
 * Only the medium is waited for. Everything else is a call into memory, and to hand it to another thread and back takes longer
 * than the call: of a small change's files that would be half the time.
 */
export const realDisk: Disk = {
  async read(path) {
    try {
      // Told of the encoding it reads by the block, which takes three times as long where memory is dear.
      return readFileSync(path).toString();
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    }
  },
  write: (path, text) => put(path, 'w', text),
  append: (path, text) => put(path, 'a', text),
  putOwned: putOwnedFile,
  async rename(from, to) {
    renameSync(from, to);
  },
  async link(from, to) {
    try {
      linkSync(from, to);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  },
  async syncFolder(path) {
    const folder = openSync(path, 'r');
    try {
      await sync(folder);
    } finally {
      closeSync(folder);
    }
  },
  async list(path) {
    try {
      return readdirSync(path).sort();
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  },
  async makeFolder(path) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  async remove(path) {
    rmSync(path, { recursive: true, force: true });
  },
};

async function put(path: string, how: 'w' | 'a', text: string): Promise<void> {
  const file = openSync(path, how, 0o600);
  try {
    writeFileSync(file, text);
    await sync(file);
  } finally {
    closeSync(file);
  }
}

let temporaries = 0;
/** Unlike every other name of every process that shares the folder. Starts with a dot: readers of folders skip it. */
function temporaryBeside(path: string): string {
  temporaries += 1;
  return `${dirname(path)}/.new-${process.pid}-${temporaries}`;
}

/** Pid of the process that writes under such a name; null for any other name. */
export function writerOf(name: string): number | null {
  const [, pid] = /^\.new-(\d+)-\d+$/.exec(name) ?? [];
  return pid === undefined ? null : Number(pid);
}

/** Writes `text` beside `path` and has it put there. */
async function viaTemporary<T>(
  disk: Disk,
  path: string,
  text: string,
  put: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = temporaryBeside(path);
  try {
    await disk.write(temporary, text);
    return await put(temporary);
  } catch (error) {
    // What an attempt leaves on a full disk takes the room of the next.
    await disk.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Puts `text` at `path`: afterwards, and after a power cut at any point, the file is whole, the old one or the new one. */
export async function replaceFile(disk: Disk, path: string, text: string): Promise<void> {
  await viaTemporary(disk, path, text, (temporary) => disk.rename(temporary, path));
  await disk.syncFolder(dirname(path));
}

/**
 * Creates `path` whole, or finds it taken. Of any number of processes that try, exactly one is told true.
 * Durable before it answers.
 */
export async function claimFile(disk: Disk, path: string, text: string): Promise<boolean> {
  const won = await viaTemporary(disk, path, text, async (temporary) => {
    const linked = await disk.link(temporary, path);
    await disk.remove(temporary);
    return linked;
  });
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

/** Is told which file could not be read, and why. */
export type Unread = (path: string, error: unknown) => void;

/**
 * Reads a document that nothing may wait for: one that cannot be read counts as absent.
 * @param unread told why
 * @throws when the host is short of files or memory: the document is there, and what goes by the next best would stay wrong
 */
export async function readSpare<T>(disk: Disk, path: string, unread: Unread): Promise<T | null> {
  try {
    return await readDocument<T>(disk, path);
  } catch (error) {
    if (isShortage(error)) throw error;
    unread(path, error);
    return null;
  }
}

export async function writeDocument(disk: Disk, path: string, document: unknown): Promise<void> {
  await replaceFile(disk, path, `${JSON.stringify(document)}\n`);
}

/** Adds an entry to a file of entries. Durable when it resolves, if the name of the file is. */
export async function appendEntry(disk: Disk, path: string, entry: unknown): Promise<void> {
  // The line before may have been cut short with the power.
  await disk.append(path, `\n${JSON.stringify(entry)}\n`);
}

/** The last entry that is whole; null when there is none. */
export async function lastEntry<T>(disk: Disk, path: string): Promise<T | null> {
  const lines = (await disk.read(path))?.split('\n').slice(0, -1) ?? [];
  for (const line of lines.reverse()) {
    try {
      if (line !== '') return JSON.parse(line) as T;
    } catch {
      // It was never finished.
    }
  }
  return null;
}
