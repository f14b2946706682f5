/** Which nics are shown, kept where the guard and a restore find it: they have to see the kernel as the agent does. */
import { type NicPatterns, usualNicPatterns } from '../observe/nic-patterns.ts';
import { type Disk, readDocument, writeDocument } from './disk.ts';

const pathIn = (stateDirectory: string): string => `${stateDirectory}/nics.json`;

export async function readNicPatterns(disk: Disk, stateDirectory: string): Promise<NicPatterns> {
  return (await readDocument<NicPatterns>(disk, pathIn(stateDirectory))) ?? usualNicPatterns;
}

export function keepNicPatterns(disk: Disk, stateDirectory: string, patterns: NicPatterns): Promise<void> {
  return writeDocument(disk, pathIn(stateDirectory), patterns);
}
