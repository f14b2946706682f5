/**
 * A hardware watchdog while a change is under way: a host whose kernel hangs is reset by it, and its boot restores
 * what was committed. Kernel documentation, watchdog/watchdog-api: any byte puts the reset off, a `V` before the end calls it off.
 */
import { closeSync, openSync, writeSync } from 'node:fs';

/** Milliseconds between two signs of life; the shortest time that drivers usually have is ten seconds. */
const SIGN_OF_LIFE = 3_000;

export interface Watchdog {
  /** There is nothing to watch over any more. */
  close(): void;
}

/**
 * From now on the host is reset when this process no longer comes round.
 * @param device for example `/dev/watchdog`
 * @throws when there is no such device, or somebody else has it
 */
export function watchHost(device: string): Watchdog {
  const file = openSync(device, 'w');
  const timer = setInterval(() => writeSync(file, '.'), SIGN_OF_LIFE);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
      writeSync(file, 'V');
      closeSync(file);
    },
  };
}
