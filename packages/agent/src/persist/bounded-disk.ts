/**
 * A disk that is not waited for beyond a limit. Where it is reached over the very network that a change has cut off, it comes back when
 * the change was taken back, and not before.
 */
import type { Disk } from './disk.ts';

/** Milliseconds for one operation. */
const LIMIT = 2_000;
/** Parts of the limit: of a process that stands still, or its machine, all that were missed come as one, and it is not the disk that is late. */
const TICKS = 10;

/** The disk has not answered in time, or has not come back yet since. What was asked of it may be done all the same, later. */
export class DiskHangs extends Error {}

/**
 * An operation that takes longer than the limit is refused with {@link DiskHangs}, and so is at once whatever follows, until it has come
 * back: each holds a thread meanwhile, of which there are few. Reading has a limit of its own, for what is in memory can be
 * read while nothing can be written.
 * @param limit milliseconds
 */
export function boundedDisk(disk: Disk, limit = LIMIT): Disk {
  const reading = new Lane(limit);
  const writing = new Lane(limit);
  const write = <A extends [string, ...unknown[]], T>(what: string, work: (...args: A) => Promise<T>) => {
    return (...args: A): Promise<T> => writing.do(`${what} ${args[0]}`, () => work(...args));
  };
  return {
    read: (path) => reading.do(`read ${path}`, () => disk.read(path)),
    list: (path) => reading.do(`list ${path}`, () => disk.list(path)),
    write: write('write', (path: string, text: string) => disk.write(path, text)),
    append: write('append to', (path: string, text: string) => disk.append(path, text)),
    putOwned: write('write', (...args: Parameters<Disk['putOwned']>) => disk.putOwned(...args)),
    rename: write('rename', (from: string, to: string) => disk.rename(from, to)),
    link: write('link', (from: string, to: string) => disk.link(from, to)),
    syncFolder: write('sync', (path: string) => disk.syncFolder(path)),
    makeFolder: write('make', (path: string) => disk.makeFolder(path)),
    remove: write('remove', (path: string) => disk.remove(path)),
  };
}

class Lane {
  readonly #limit: number;
  /** Operations that are beyond the limit and have not come back. */
  #hanging = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  do<T>(what: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#hanging > 0) return reject(new DiskHangs(`The disk hangs, so it was not asked to ${what}.`));
      let late = false;
      let left = TICKS;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) return;
        clearInterval(timer);
        late = true;
        this.#hanging += 1;
        reject(new DiskHangs(`The disk has taken more than ${this.#limit} ms to ${what}.`));
      }, this.#limit / TICKS);
      const back = (): void => {
        clearInterval(timer);
        if (late) this.#hanging -= 1;
      };
      work().finally(back).then(resolve, reject);
    });
  }
}
