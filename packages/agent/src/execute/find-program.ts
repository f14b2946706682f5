/** Where a program of this host is, by the same path on which it will be started. */
import { accessSync, constants } from 'node:fs';
import { PROGRAM_PATH } from './spawn.ts';

/** @returns its path; null when the host does not have it */
export function findProgram(name: string): string | null {
  for (const folder of PROGRAM_PATH.split(':')) {
    const path = `${folder}/${name}`;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}
