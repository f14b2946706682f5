/** The end of a transaction: until it is on disk its journal is open, and over an open journal nothing else may begin. */
import { setTimeout } from 'node:timers/promises';
import type { Log } from './parts.ts';
import { unwritten } from './unwritten.ts';

/** Milliseconds until what did not succeed is tried again: a disk may have been full. */
const TRY_AGAIN = 2_000;

/**
 * Does the work, again and again until it succeeds; each failure is said.
 * @param work safe to repeat
 */
export async function untilWritten<T>(log: Log, what: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      unwritten(log, what)(error);
    }
    await setTimeout(TRY_AGAIN);
  }
}
