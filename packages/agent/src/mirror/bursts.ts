/** Events of a kernel come in bursts, nine for a single port that joins a bridge: whoever acts on them acts once for each burst. */

/** Milliseconds of quiet after which a burst is over. */
const QUIET = 200;
/** Milliseconds after which one that does not end is acted on all the same. */
const LONGEST = 600;

export class Bursts {
  readonly #act: () => void;
  readonly #waiting = new Set<() => void>();
  #began = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param act called at the end of each burst, and within each long one again and again */
  constructor(act: () => void) {
    this.#act = act;
  }

  /** Something happened. */
  ring(): void {
    for (const done of [...this.#waiting]) done();
    const now = performance.now();
    if (this.#timer === null) this.#began = now;
    else clearTimeout(this.#timer);
    const left = Math.min(QUIET, this.#began + LONGEST - now);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#act();
    }, left);
  }

  /** Resolves when next something happens, at the latest after so many milliseconds. */
  settle(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#waiting.add(done);
    });
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const done of [...this.#waiting]) done();
  }
}
