/** How long a guard has patience with a living agent. Milliseconds. */
import type { JournalRecord } from '../persist/journal.ts';
import { longestCheck } from '../transaction/way.ts';

/** What an apply may take; each step adds a little. */
export const APPLY_BUDGET = 60_000;
export const PER_STEP = 100;
/** What the steps of a revert may take. */
const REVERT_STEPS = 120_000;
/** Each of the three rungs of a revert is followed by a look at the way to the engine. */
const RUNGS = 3;
/** After the deadline, until an agent that did nothing is taken for dead. */
export const GUARD_GRACE = 5_000;

/**
 * From the first try to take a change back until nobody can expect it any more: another process may have its time for it first, then
 * this one, and what begins late in that has its limits too.
 */
export function longestTakingBack(record: Pick<JournalRecord, 'way'>): number {
  return 3 * revertBudget(record);
}

/** What a revert may take, until whoever is at it is taken for stuck: longer where the way to the engine is slow to carry again. */
export function revertBudget({ way }: Pick<JournalRecord, 'way'>): number {
  return REVERT_STEPS + RUNGS * longestCheck(way);
}
