/** Standard output may be a file on a disk that is full, or that hangs: who has something to say there must not end, or wait, for that. */
import { write, writeSync } from 'node:fs';

/** Writes to standard output, and drops what that does not take. Never throws. */
export function writeOut(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // There is nowhere else to say it.
  }
}

/** Writes to standard output in the order in which it is told, and holds up nobody who tells it something. */
export class OutputBehind {
  #written: Promise<void> = Promise.resolve();

  /** Drops what standard output does not take. Never throws. */
  write(text: string): void {
    // One at a time: each that hangs holds a thread.
    this.#written = this.#written.then(() => new Promise((resolve) => write(1, text, () => resolve())));
  }

  /** Resolves when everything is written, at the latest after so many milliseconds. */
  async written(patience: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([this.#written, late]);
    clearTimeout(timer);
  }
}
