/** What an agent does at its start with the journal of one that was killed, before it talks to anyone. */
import { GUARD_GRACE, revertBudget } from '../guard/budgets.ts';
import { hasEnded, Journal, journalsFolder } from '../persist/journal.ts';
import { bootTime } from './boot-clock.ts';
import type { ArmedGuard, TransactionParts } from './parts.ts';
import { closeAfterReboot, commit, conclude, type Run, takeBack } from './run.ts';
import { unwritten } from './unwritten.ts';

/** Journals on disk. A folder without a record is from before the first promise, or from after the last: nothing is left to do, it goes. */
export async function openJournals(parts: TransactionParts): Promise<Journal[]> {
  const folder = journalsFolder(parts.stateDirectory);
  const journals: Journal[] = [];
  for (const id of await parts.disk.list(folder)) {
    const journal = await Journal.open(parts.disk, parts.stateDirectory, id);
    if (journal === null)
      await parts.disk.remove(`${folder}/${id}`).catch(unwritten(parts.log, 'that a journal is gone'));
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
  const state = await journal.state();
  const { deadline, bootId } = journal.record;
  parts.log('info', 'resuming transaction', { transaction: journal.id, state });
  if (hasEnded(state) || state === 'PREPARED' || state === 'ARMED') {
    await conclude({ parts, journal, guard: null, timings });
    return null;
  }
  const request = await journal.request();
  const run: Run = { parts, journal, request, guard: null, inForce: request.config, proved: null, timings };
  if (state === 'CONFIRMED') {
    await commit(run);
    return null;
  }
  if (bootId !== parts.self.bootId) {
    await closeAfterReboot(run);
    return null;
  }
  if (state === 'AWAITING' && deadline !== null && deadline > bootTime()) {
    run.guard = await guardFor(parts, journal, deadline + GUARD_GRACE);
    if (run.guard !== null) {
      await journal.mark('AWAITING', { agent: parts.self });
      return run;
    }
  }
  // A guard that is at it already is waited for.
  await takeBack(run, {
    code: 'ERR_INTERRUPTED',
    message: 'The agent ended during the transaction, so the change was taken back.',
  });
  return null;
}

/** The one that waited with the transaction, else another; null when none can be had. */
async function guardFor(parts: TransactionParts, journal: Journal, until: number): Promise<ArmedGuard | null> {
  const adopted = await parts.guards.adopt(journal, until);
  return adopted ?? parts.guards.arm(journal, until, until + revertBudget(journal.record)).catch(() => null);
}
