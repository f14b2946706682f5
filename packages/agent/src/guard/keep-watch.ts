/** Runs a guard in its own folder, on whichever kernel. */
import { readlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import { basename, resolve } from 'node:path';
import { takeClaim } from '../persist/claim.ts';
import { type Disk, makeFolder } from '../persist/disk.ts';
import { guardFolder, Journal } from '../persist/journal.ts';
import type { ProcessId } from '../persist/process-id.ts';
import type { TurningDisk } from '../persist/turning-disk.ts';
import type { Restorer } from '../transaction/parts.ts';
import { unwritten } from '../transaction/unwritten.ts';
import { openDoor } from './door.ts';
import { Guard } from './guard.ts';
import { type FromGuard, listen, SOCKET, say, type ToGuard, TRANSACTION } from './lines.ts';
import { type Call, standBy } from './stand-by.ts';

/**
 * Waits for its transaction, unless it has one from a former life. Resolves when there is nothing left to guard, at once when another
 * guard is at work there: whoever watches over the first may have started a second one.
 * @param disk turns when there is a change: before that it is merely slow, and afterwards a taking back has to go on
 * @param open the parts, by the state directory, with that disk
 */
export async function keepWatch(
  folder: string,
  disk: TurningDisk,
  open: (stateDirectory: string) => Promise<Restorer>,
): Promise<void> {
  const former = formerTransaction(folder);
  if (former !== null) disk.turn();
  const parts = await open(resolve(folder, '../..'));
  if (former === null) await practise(disk, parts.self, folder);
  const call: Call | null = former === null ? await standBy(folder) : null;
  const transaction = former ?? call?.message.transaction;
  if (transaction === undefined) return;
  const journal = await Journal.open(disk, parts.stateDirectory, transaction);
  if (journal === null) return;
  const claims = guardFolder(journal.folder);
  await makeFolder(disk, claims);
  // A change is not begun with a guard that nobody can find; one that is under way has to be guarded all the same.
  const noClaim = former === null ? undefined : unwritten(parts.log, 'who guards the change');
  if (!(await takeClaim(disk, claims, parts.self, noClaim))) return;
  const guard = await Guard.start(parts, journal);
  disk.turn();
  if (call !== null) guard.take(call.lifeline, call.message.until);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    // A guard is only ended by the end of what it guards.
    process.on(signal, () => parts.log('warn', 'a transaction depends on this process', { signal }));
  }
  await guard.ended;
}

function formerTransaction(folder: string): string | null {
  try {
    return basename(readlinkSync(`${folder}/${TRANSACTION}`));
  } catch {
    return null;
  }
}

/** A claim and an answer like those that an agent will wait for: whatever a process does for the first time takes it long. */
async function practise(disk: Disk, self: ProcessId, folder: string): Promise<void> {
  const scratch = `${folder}/scratch`;
  await makeFolder(disk, scratch);
  await takeClaim(disk, scratch, self);
  const door = await openDoor(scratch, (line) =>
    listen<ToGuard>(
      line,
      () => say(line, { armed: true }),
      () => {},
    ),
  );
  const line = createConnection(SOCKET);
  await new Promise<void>((resolve) => {
    listen<FromGuard>(line, () => line.destroy(), resolve);
    say(line, { do: 'arm', transaction: '', until: 0 });
  });
  door.close();
  await disk.remove(scratch);
}
