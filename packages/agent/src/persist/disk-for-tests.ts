/** The real disk as long as it has room, and then one that is full or that the kernel has made read-only. */
import { statSync } from 'node:fs';
import { type Disk, realDisk } from './disk.ts';

export class ScarceDisk implements Disk {
  readonly read = realDisk.read;
  readonly list = realDisk.list;
  readonly syncFolder = realDisk.syncFolder;
  /** Bytes that are left. */
  #room = Number.POSITIVE_INFINITY;
  #readOnly = false;

  /** From now on only what is removed makes room. */
  fill(): void {
    this.#room = 0;
  }

  makeReadOnly(): void {
    this.#readOnly = true;
  }

  /** As at first. */
  mend(): void {
    this.#room = Number.POSITIVE_INFINITY;
    this.#readOnly = false;
  }

  async write(path: string, text: string): Promise<void> {
    this.#take(text.length);
    await realDisk.write(path, text);
  }

  async append(path: string, text: string): Promise<void> {
    this.#take(text.length);
    await realDisk.append(path, text);
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
    if (sizeOf(path) === 0) this.#take(0);
    await realDisk.makeFolder(path);
  }

  async remove(path: string): Promise<void> {
    const size = sizeOf(path);
    // What is not there is removed from any disk.
    if (size === 0) return;
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

/** Bytes; 0 when there is nothing. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
