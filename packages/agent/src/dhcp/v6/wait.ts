/** Waiting on the boot-time clock. */
import { bootTime } from '../../transaction/boot-clock.ts';

/** Node's timers stand still during suspend, so a long wait looks at the clock again at least this often. Milliseconds. */
const LONGEST_NAP = 30_000;

/** Resolves after so many milliseconds, at once when the signal is aborted. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  const end = bootTime() + milliseconds;
  for (let left = milliseconds; left > 0 && !signal.aborted; left = end - bootTime()) {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(left, LONGEST_NAP));
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
