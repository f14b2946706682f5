/** The real disk until something befalls it. */
import { statSync } from 'node:fs';
import { type Disk, realDisk } from './disk.ts';
import { hasCode } from './has-code.ts';
import type { FileOwner } from './owned-file.ts';

/** One that fills up, or that the kernel makes read-only. */
export class ScarceDisk implements Disk {
  readonly list = realDisk.list;
  readonly syncFolder = realDisk.syncFolder;
  /** Bytes that are left. */
  #room = Number.POSITIVE_INFINITY;
  #readOnly = false;
  /** errno of each attempt to read; null while that succeeds. */
  #unreadable: string | null = null;

  /** From now on only what is removed makes room. */
  fill(): void {
    this.#room = 0;
  }

  makeReadOnly(): void {
    this.#readOnly = true;
  }

  /** What the files say cannot be read any more, and nothing be written. @param code errno(3) of each attempt to read */
  breakDown(code = 'EIO'): void {
    this.#readOnly = true;
    this.#unreadable = code;
  }

  /** As at first. */
  mend(): void {
    this.#room = Number.POSITIVE_INFINITY;
    this.#readOnly = false;
    this.#unreadable = null;
  }

  async read(path: string): Promise<string | null> {
    if (this.#unreadable !== null) throw refusal(this.#unreadable);
    return realDisk.read(path);
  }

  async write(path: string, text: string): Promise<void> {
    try {
      this.#take(text.length);
    } catch (error) {
      // The name takes no room, and is there all the same.
      if (hasCode(error, 'ENOSPC')) await realDisk.write(path, '');
      throw error;
    }
    await realDisk.write(path, text);
  }

  async append(path: string, text: string): Promise<void> {
    this.#take(text.length);
    await realDisk.append(path, text);
  }

  async putOwned(path: string, text: string, owner: FileOwner): Promise<void> {
    this.#take(text.length);
    await realDisk.putOwned(path, text, owner);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#take(0);
    await realDisk.rename(from, to);
  }

  async link(from: string, to: string): Promise<boolean> {
    this.#take(0);
    return realDisk.link(from, to);
  }

  async makeFolder(path: string): Promise<void> {
    if (sizeOf(path) === null) this.#take(0);
    await realDisk.makeFolder(path);
  }

  async remove(path: string): Promise<void> {
    const size = sizeOf(path);
    // What is not there is removed from any disk.
    if (size === null) return;
    this.#take(-size);
    await realDisk.remove(path);
  }

  #take(bytes: number): void {
    if (this.#readOnly) throw refusal('EROFS');
    if (bytes > this.#room) throw refusal('ENOSPC');
    this.#room -= bytes;
  }
}

function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: refused by the test`), { code });
}

/** Bytes; null when there is nothing. */
const sizeOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.size ?? null;

const READING: readonly string[] = ['read', 'list'] satisfies (keyof Disk)[];

/** One that hangs: what is asked of it then is done when it is back. */
export class HangingDisk {
  #left = Number.POSITIVE_INFINITY;
  #reads = true;
  #back: Promise<void> = Promise.resolve();
  #mend: () => void = () => {};

  readonly disk = Object.fromEntries(
    Object.entries(realDisk).map(([name, work]: [string, (...args: never[]) => unknown]) => [
      name,
      async (...args: never[]) => {
        if (this.#reads || !READING.includes(name)) {
          this.#left -= 1;
          if (this.#left < 0) await this.#back;
        }
        return work(...args);
      },
    ]),
  ) as unknown as Disk;

  /** @param after how many more operations that succeed @param reads whether reading hangs, and counts, as well */
  hang(after: number, reads: boolean): void {
    this.#left = after;
    this.#reads = reads;
    this.#back = new Promise((resolve) => {
      this.#mend = resolve;
    });
  }

  /** Whether it has come to that. */
  get hangs(): boolean {
    return this.#left < 0;
  }

  /** As at first. */
  mend(): void {
    this.#left = Number.POSITIVE_INFINITY;
    this.#mend();
  }
}
