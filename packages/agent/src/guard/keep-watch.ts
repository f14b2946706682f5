/** Runs the guard in a transaction's folder, on whichever kernel. */
import { basename, resolve } from 'node:path';
import { takeClaim } from '../persist/claim.ts';
import { makeFolder } from '../persist/disk.ts';
import { guardFolder, Journal } from '../persist/journal.ts';
import type { Restorer } from '../transaction/parts.ts';
import { Guard } from './guard.ts';

/**
 * Resolves when there is nothing left to guard, at once when another guard is at work there: whoever watches over the first may
 * have started a second one.
 * @param open the parts, by the state directory
 */
export async function keepWatch(folder: string, open: (stateDirectory: string) => Promise<Restorer>): Promise<void> {
  const parts = await open(resolve(folder, '../..'));
  const journal = await Journal.open(parts.disk, parts.stateDirectory, basename(folder));
  if (journal === null) return;
  const claims = guardFolder(journal.folder);
  await makeFolder(parts.disk, claims);
  if (!(await takeClaim(parts.disk, claims, parts.self))) return;
  const guard = await Guard.start(parts, journal);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // A guard is only ended by the end of what it guards.
    process.on(signal, () => parts.log('warn', 'a transaction depends on this process', { signal }));
  }
  await guard.ended;
}
