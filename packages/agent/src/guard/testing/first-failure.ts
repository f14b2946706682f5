import { deferred } from '../../transaction/current.ts';
import type { Log } from '../../transaction/parts.ts';

/** The first time that a guard's work fails, which it says to `log`. */
export function firstFailure(): { log: Log; failed: Promise<void> } {
  const { promise, resolve } = deferred<void>();
  const log: Log = (_, message) => {
    if (message === 'guard') resolve();
  };
  return { log, failed: promise };
}
