/** What fails for want of memory or processes may succeed a moment later. */
import { bootTime } from './boot-clock.ts';

/** Milliseconds until it is tried again. */
const AGAIN = 200;

export const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, AGAIN));

/**
 * @param until milliseconds on the boot-time clock, after which it is not tried again
 * @throws as the work does, from then on
 */
export async function patiently<T>(until: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (bootTime() >= until) throw error;
      await aMoment();
    }
  }
}
