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
  /** When that is up. */
  #due = Number.POSITIVE_INFINITY;
  #hurried = false;

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
    // What has just begun, or cannot wait, is looked at whatever else comes.
    if (!isFirst && (isFresh || this.#hurried)) return;
    this.#actAt(isFresh ? now + LEAD : Math.min(now + QUIET, this.#began + LONGEST));
  }

  /** Something happened that cannot wait for the end of a burst: it is acted on as soon as if it were alone. */
  hurry(): void {
    this.ring();
    this.#hurried = true;
    this.#actAt(Math.min(this.#due, performance.now() + LEAD));
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

  #actAt(due: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#due = Number.POSITIVE_INFINITY;
        this.#hurried = false;
        this.#acted = performance.now();
        this.#act();
      },
      Math.max(0, due - performance.now()),
    );
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const done of [...this.#waiting]) done();
  }
}
