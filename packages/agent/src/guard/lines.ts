/** What an agent and its guard say to each other: one JSON object per line, over a socket that is also their lifeline. */
import type { Duplex } from 'node:stream';

export type ToGuard =
  /**
   * From an agent that has prepared the transaction, or was started again while it waits for its confirm: set the timer and say
   * `armed`. From then on the living agent has until that time, milliseconds on the boot-time clock.
   */
  | { do: 'arm'; transaction: string; until: number }
  /** The living agent has until then instead. */
  | { do: 'watch'; until: number }
  /** The change is to be kept, as the journal says: nobody may take it back any more. */
  | { do: 'keep' }
  /** The transaction is over. */
  | { do: 'disarm' };

/** False when the journal is in no state in which an agent may take it over. */
export type FromGuard = { armed: boolean };

/** Name of the guard's socket: in its own folder while it stands by, then in that of its transaction. */
export const SOCKET = 'guard.sock';
/** Name of the guard's program in its own folder. */
export const PROGRAM = 'guard.mjs';
/** Name of the link there to the folder of its transaction. */
export const TRANSACTION = 'transaction';

export function say(stream: Duplex, message: ToGuard | FromGuard): void {
  // A closed lifeline is noticed where it is listened to, not here.
  if (stream.writable) stream.write(`${JSON.stringify(message)}\n`);
}

/**
 * Calls `hear` for each line in order, and `gone` once when the other end is no more.
 * @returns ends the listening, for somebody else to listen
 */
export function listen<T extends ToGuard | FromGuard>(
  stream: Duplex,
  hear: (message: T) => void,
  gone: () => void,
): () => void {
  let rest = '';
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    stream.destroy();
    gone();
  };
  const take = (chunk: string): void => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(JSON.parse(line) as T);
  };
  stream.setEncoding('utf8');
  stream.on('data', take);
  for (const event of ENDS) stream.on(event, end);
  // It may have ended while nobody listened.
  if (stream.destroyed || stream.readableEnded) queueMicrotask(end);
  return () => {
    stream.off('data', take);
    for (const event of ENDS) stream.off(event, end);
  };
}

const ENDS = ['end', 'close', 'error'] as const;
