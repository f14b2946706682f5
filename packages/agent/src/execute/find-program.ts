/** Where a program of this host is, by the same path on which it will be started. */
import { accessSync, constants, existsSync } from 'node:fs';
import { PROGRAM_PATH } from './spawn.ts';

/** @returns its path; null when the host does not have it */
export function findProgram(name: string): string | null {
  for (const folder of PROGRAM_PATH.split(':')) {
    const path = `${folder}/${name}`;
    // An error takes ten times as long to make as this question.
    if (!existsSync(path)) continue;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return null;
}
