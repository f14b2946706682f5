/** What a disk that hangs has said before. */
import { DiskHangs } from './bounded-disk.ts';
import type { Disk } from './disk.ts';

/** While the disk hangs, its files say what they said last: for those that no other process writes meanwhile. */
export function rememberingDisk(disk: Disk): Disk {
  const last = new Map<string, unknown>();
  const ask = async <T>(key: string, read: () => Promise<T>): Promise<T> => {
    try {
      const found = await read();
      last.set(key, found);
      return found;
    } catch (error) {
      if (error instanceof DiskHangs && last.has(key)) return last.get(key) as T;
      throw error;
    }
  };
  return {
    read: (path) => ask(`read ${path}`, () => disk.read(path)),
    list: (path) => ask(`list ${path}`, () => disk.list(path)),
    write: (...given) => disk.write(...given),
    append: (...given) => disk.append(...given),
    putOwned: (...given) => disk.putOwned(...given),
    rename: (...given) => disk.rename(...given),
    link: (...given) => disk.link(...given),
    syncFolder: (path) => disk.syncFolder(path),
    makeFolder: (path) => disk.makeFolder(path),
    remove: (path) => disk.remove(path),
  };
}
