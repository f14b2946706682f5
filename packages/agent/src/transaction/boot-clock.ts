/** Time since boot. It counts suspend and no step of the wall clock reaches it: deadlines are kept on it. */
import { readFileSync } from 'node:fs';

/** Milliseconds since boot, in steps of 10 (CLOCK_BOOTTIME as `/proc/uptime` shows it, proc(5)). */
export function bootTime(): number {
  const seconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Math.round(seconds * 1000);
}

/** Node's timers stand still during suspend, so a long wait looks at the clock again at least this often. */
const LONGEST_NAP = 1000;

/** Calls `then` once the boot-time clock has reached `deadline`. @returns cancels it */
export function at(deadline: number, then: () => void): () => void {
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const left = deadline - bootTime();
    if (left <= 0) then();
    else timer = setTimeout(look, Math.min(left, LONGEST_NAP));
  };
  timer = setTimeout(look, Math.max(0, Math.min(deadline - bootTime(), LONGEST_NAP)));
  return () => clearTimeout(timer);
}
