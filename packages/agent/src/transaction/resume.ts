/** What an agent does at its start with the journal of one that was killed, before it talks to anyone (host.md §4.5). */
import { hasEnded, Journal, journalsFolder } from '../persist/journal.ts';
import { isAlive } from '../persist/process-id.ts';
import { bootTime } from './boot-clock.ts';
import type { TransactionParts } from './parts.ts';
import { closeAfterReboot, commit, conclude, GUARD_GRACE, type Run, takeBack } from './run.ts';

/** Journals on disk. A folder without a record is from before the first promise: nothing was done, it goes. */
export async function openJournals(parts: TransactionParts): Promise<Journal[]> {
  const folder = journalsFolder(parts.stateDirectory);
  const journals: Journal[] = [];
  for (const id of await parts.disk.list(folder)) {
    const journal = await Journal.open(parts.disk, parts.stateDirectory, id);
    if (journal === null) await parts.disk.remove(`${folder}/${id}`);
    else journals.push(journal);
  }
  return journals;
}

/**
 * Leads the journal to its end, unless it still waits for a confirm.
 * @returns the run that waits, null when it has ended
 */
export async function resume(parts: TransactionParts, journal: Journal): Promise<Run | null> {
  const timings = { ...journal.record.timings };
  for (;;) {
    await journal.reload();
    const state = await journal.state();
    const { guard: guardId, deadline, bootId } = journal.record;
    parts.log('info', 'resuming transaction', { transaction: journal.id, state });
    if (hasEnded(state) || state === 'PREPARED' || state === 'ARMED') {
      await conclude({ parts, journal, guard: null, timings });
      return null;
    }
    const request = await journal.request();
    const run: Run = { parts, journal, request, guard: null, inForce: request.config, timings };
    if (state === 'CONFIRMED') {
      if (guardId !== null && isAlive(guardId)) await parts.guards.gone(guardId);
      await commit(run);
      return null;
    }
    if (bootId !== parts.self.bootId) {
      await closeAfterReboot(run);
      return null;
    }
    const guardLives = guardId !== null && isAlive(guardId);
    if (state === 'AWAITING' && deadline !== null && deadline > bootTime()) {
      run.guard = guardLives
        ? await parts.guards.adopt(journal, deadline + GUARD_GRACE)
        : await parts.guards.arm(journal, deadline + GUARD_GRACE).catch(() => null);
      if (run.guard !== null) {
        await journal.mark('AWAITING', { agent: parts.self, guard: run.guard.process });
        return run;
      }
    }
    if (guardLives) {
      await parts.guards.gone(guardId);
      continue;
    }
    await takeBack(run, {
      code: 'ERR_INTERRUPTED',
      message: 'The agent ended during the transaction, so the change was taken back.',
    });
    return null;
  }
}
