/** The end of a transaction: until it is on disk its journal is open, and over an open journal nothing else may begin. */
import { setTimeout } from 'node:timers/promises';
import type { Log } from './parts.ts';
import { unwritten } from './unwritten.ts';

/** Milliseconds until what did not succeed is tried again: a disk may have been full. */
const TRY_AGAIN = 2_000;

/**
 * Does work that writes something down.
 * @param what is written, for people
 * @param work safe to repeat
 * @throws where there is something else to go on with
 */
export type Insist = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** Again and again until it succeeds; each failure is said. */
export function untilWritten(log: Log): Insist {
  return async (what, work) => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        unwritten(log, what)(error);
      }
      await setTimeout(TRY_AGAIN);
    }
  };
}

/** Once, for who cannot wait. */
export const once: Insist = (_what, work) => work();
