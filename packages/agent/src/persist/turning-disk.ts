/** The disk of a process that may wait for it at first, and has to go on whatever it does from some moment on. */
import type { Disk } from './disk.ts';
import type { FileOwner } from './owned-file.ts';

export class TurningDisk implements Disk {
  #disk: Disk;
  readonly #later: Disk;

  /**
   * @param first until the {@link turn}
   * @param later from then on
   */
  constructor(first: Disk, later: Disk) {
    this.#disk = first;
    this.#later = later;
  }

  /** From now on the disk may hang. Safe to repeat. */
  turn(): void {
    this.#disk = this.#later;
  }

  read(path: string): Promise<string | null> {
    return this.#disk.read(path);
  }

  write(path: string, text: string): Promise<void> {
    return this.#disk.write(path, text);
  }

  append(path: string, text: string): Promise<void> {
    return this.#disk.append(path, text);
  }

  putOwned(path: string, text: string, owner: FileOwner): Promise<void> {
    return this.#disk.putOwned(path, text, owner);
  }

  rename(from: string, to: string): Promise<void> {
    return this.#disk.rename(from, to);
  }

  link(from: string, to: string): Promise<boolean> {
    return this.#disk.link(from, to);
  }

  syncFolder(path: string): Promise<void> {
    return this.#disk.syncFolder(path);
  }

  list(path: string): Promise<string[]> {
    return this.#disk.list(path);
  }

  makeFolder(path: string): Promise<void> {
    return this.#disk.makeFolder(path);
  }

  remove(path: string): Promise<void> {
    return this.#disk.remove(path);
  }
}
