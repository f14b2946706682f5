/** The first connection to come up out of several tries, all begun after the call: on a network that is just settling, single ones get lost. */
import type { Connection } from './dial.ts';

/** Milliseconds from one try to the next, how long each may take, and how many there are at a time. */
const STAGGER = 400;
const PATIENCE = 2000;
const AT_ONCE = 5;

/**
 * @param open one try
 * @returns null when the signal ends it first
 */
export function openFresh(
  open: (attempt: number, timeout: number, signal: AbortSignal) => Promise<Connection>,
  signal: AbortSignal,
): Promise<Connection | null> {
  return new Promise((resolve) => {
    const attempts = new Set<AbortController>();
    let count = 0;
    let over = false;
    const finish = (connection: Connection | null): void => {
      if (over) {
        connection?.close();
        return;
      }
      over = true;
      clearInterval(timer);
      signal.removeEventListener('abort', cancel);
      for (const attempt of attempts) attempt.abort();
      resolve(connection);
    };
    const cancel = (): void => finish(null);
    const attempt = (): void => {
      if (over || attempts.size >= AT_ONCE) return;
      const abort = new AbortController();
      attempts.add(abort);
      open(count, PATIENCE, abort.signal)
        .then((connection) => {
          attempts.delete(abort);
          finish(connection);
        })
        .catch(() => attempts.delete(abort));
      count += 1;
    };
    const timer = setInterval(attempt, STAGGER);
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    else attempt();
  });
}
