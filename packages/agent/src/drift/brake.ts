/**
 * Holds back the steps of repairs that do not last: whatever another program of the host sets again and again would be put right as often,
 * each time with a journal and a guard. Each step has a pause of its own. Pure.
 */

/** Milliseconds of the first pause; each that follows is twice as long. */
const FIRST = 60_000;
const LONGEST = 900_000;

export class Brake {
  /** By step, in words: milliseconds of the pause that followed it last, and when that ends. */
  readonly #pauses = new Map<string, { length: number; end: number }>();

  /** Whether the step may not be taken yet. @param now milliseconds on a clock that only rises */
  holds(step: string, now: number): boolean {
    return now < (this.#pauses.get(step)?.end ?? 0);
  }

  /** When the next pause ends, on the same clock; infinite when there is none. */
  nextEnd(now: number): number {
    return Math.min(...[...this.#pauses.values()].map(({ end }) => end).filter((end) => end > now));
  }

  /**
   * These were taken. Once is no reason to wait: from the second time on a pause follows.
   * @param now milliseconds on the same clock
   * @returns milliseconds of the longest of these pauses
   */
  taken(steps: readonly string[], now: number): number {
    // As long as the longest pause without need of another: then it has lasted.
    for (const [step, { end }] of this.#pauses) if (now > end + LONGEST) this.#pauses.delete(step);
    const lengths = steps.map((step) => {
      const before = this.#pauses.get(step);
      const length = before === undefined ? 0 : Math.min(LONGEST, Math.max(FIRST, 2 * before.length));
      this.#pauses.set(step, { length, end: now + length });
      return length;
    });
    return Math.max(0, ...lengths);
  }

  /** Forgets what was. */
  release(): void {
    this.#pauses.clear();
  }
}
