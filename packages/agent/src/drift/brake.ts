/**
 * Holds back repairs of what does not stay right: whatever another program of the host sets again and again would be put right as often,
 * each time with a journal and a guard. Pure.
 */
import type { Difference } from '@patchbay/protocol';

/** Milliseconds of the first pause; each that follows is twice as long. */
const FIRST = 60_000;
const LONGEST = 900_000;

export class Brake {
  /** What was put right, whatever it was set to. */
  readonly #mended = new Set<string>();
  #pause = 0;
  #until = 0;

  /** Whether these may not be put right yet. @param now milliseconds on a clock that only rises */
  holds(differences: readonly Difference[], now: number): boolean {
    return now < this.#until && this.#known(differences);
  }

  /**
   * These were put right. Once is no reason to wait: from the second time on a pause follows.
   * @param now milliseconds on the same clock
   * @returns milliseconds of that pause
   */
  mended(differences: readonly Difference[], now: number): number {
    // As long as the longest pause without need of another: then it has lasted.
    if (now > this.#until + LONGEST) this.release();
    this.#pause = this.#known(differences) ? Math.min(LONGEST, Math.max(FIRST, 2 * this.#pause)) : this.#pause;
    for (const one of differences) this.#mended.add(keyOf(one));
    this.#until = now + this.#pause;
    return this.#pause;
  }

  /** Forgets what was. */
  release(): void {
    this.#mended.clear();
    this.#pause = 0;
    this.#until = 0;
  }

  #known(differences: readonly Difference[]): boolean {
    return differences.some((one) => this.#mended.has(keyOf(one)));
  }
}

const keyOf = ({ device, property }: Difference): string => JSON.stringify([device, property]);
