/** Which nics are shown, kept where the guard and a restore find it: they have to see the kernel as the agent does. */
import { type NicPatterns, usualNicPatterns } from '../observe/nic-patterns.ts';
import { type Disk, readSpare, type Unread, writeDocument } from './disk.ts';

const pathIn = (stateDirectory: string): string => `${stateDirectory}/nics.json`;

/** @param unread told of a file that cannot be read: the usual ones hold then */
export async function readNicPatterns(disk: Disk, stateDirectory: string, unread: Unread): Promise<NicPatterns> {
  return (await readSpare<NicPatterns>(disk, pathIn(stateDirectory), unread)) ?? usualNicPatterns;
}

export function keepNicPatterns(disk: Disk, stateDirectory: string, patterns: NicPatterns): Promise<void> {
  return writeDocument(disk, pathIn(stateDirectory), patterns);
}
