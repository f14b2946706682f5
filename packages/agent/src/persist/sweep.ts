/** What was being written when its writer was killed: nobody else comes back for it. */
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { writerOf } from './disk.ts';
import { temporaryOf } from './owned-file.ts';
import { processOf } from './process-id.ts';

/**
 * Removes from a folder of our own, and all below it, what writers that are no more have left. One that seems to live, as a guard does
 * beside its agent, may be about to put it in its place. Of this process itself it can only be that of a former one with its pid: call it
 * while nothing is being written here.
 * @throws when something cannot be read or removed
 */
export async function sweep(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    const writer = entry.isFile() ? writerOf(entry.name) : null;
    if (entry.isDirectory()) await sweep(path);
    else if (writer !== null && (writer === process.pid || processOf(writer) === null)) rmSync(path, { force: true });
  }
}

/**
 * The same beside one file in a folder that is not ours. Its writer is not known: what is younger than this process is left alone.
 * @throws when it cannot be removed
 */
export async function sweepBeside(path: string): Promise<void> {
  const temporary = temporaryOf(path);
  const stat = lstatSync(temporary, { throwIfNoEntry: false });
  if (stat !== undefined && stat.mtimeMs < performance.timeOrigin) rmSync(temporary, { force: true });
}
