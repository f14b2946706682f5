/** Events of a kernel come in bursts, nine for a single port that joins a bridge: whoever acts on them acts once for each burst. */

/** Milliseconds from the first event of a burst to the first act: most of what belongs to it is there by then. */
const LEAD = 40;
/** Milliseconds of quiet after which a burst is over. */
const QUIET = 200;
/** Milliseconds between two acts on a burst that does not end. */
const LONGEST = 600;

export class Bursts {
  readonly #act: () => void;
  readonly #waiting = new Set<() => void>();
  /** When what is waited for began, and when the last act was. */
  #began = 0;
  #acted = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  /** @param act called soon after a burst has begun, once more when it is over if it went on, and now and then within a long one */
  constructor(act: () => void) {
    this.#act = act;
  }

  /** Something happened. */
  ring(): void {
    for (const done of [...this.#waiting]) done();
    const now = performance.now();
    const isFirst = this.#timer === null;
    if (isFirst) this.#began = now;
    const isFresh = this.#began - this.#acted > QUIET;
    // What has just begun is looked at whatever else comes.
    if (isFresh && !isFirst) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const wait = isFresh ? LEAD : Math.max(0, Math.min(QUIET, this.#began + LONGEST - now));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#acted = performance.now();
      this.#act();
    }, wait);
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
