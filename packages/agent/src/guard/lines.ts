/** What an agent and its guard say to each other: one JSON object per line, over a pipe or a socket that is also their lifeline. */
import type { Duplex } from 'node:stream';

export type ToGuard =
  /** Read the journal, set the timer, say `armed`. */
  | { do: 'arm'; transaction: string; until: number }
  /** As `arm` for a transaction that this guard already holds, from an agent that was started again. */
  | { do: 'adopt'; until: number }
  /** The living agent has until then, milliseconds on the boot-time clock. */
  | { do: 'watch'; until: number }
  | { do: 'disarm' };

export type FromGuard = { armed: boolean };

export function say(stream: Duplex, message: ToGuard | FromGuard): void {
  // A closed lifeline is noticed where it is listened to, not here.
  if (stream.writable) stream.write(`${JSON.stringify(message)}\n`);
}

/** Calls `hear` for each line in order, and `gone` once when the other end is no more. */
export function listen<T extends ToGuard | FromGuard>(
  stream: Duplex,
  hear: (message: T) => void,
  gone: () => void,
): void {
  let rest = '';
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    stream.destroy();
    gone();
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(JSON.parse(line) as T);
  });
  stream.on('end', end);
  stream.on('close', end);
  stream.on('error', end);
}
