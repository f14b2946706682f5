/**
 * Wakes up when the kernel's links, addresses, routes or rules change. What changed is read afterwards, whole: the text of
 * `ip monitor` (iproute2 6.1 has no JSON for it) is only a bell.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** Milliseconds of quiet after which a burst of events is over; one `master` alone makes nine of them. */
const DEBOUNCE = 200;
/** Milliseconds until a monitor that ended is started again. */
const RESTART = 1000;

export class KernelWatch {
  readonly #changed: () => void;
  readonly #waiting = new Set<() => void>();
  #child: ChildProcess | null = null;
  #quiet: NodeJS.Timeout | null = null;
  #restart: NodeJS.Timeout | null = null;
  #closed = false;

  /** @param changed called once after each burst of events, and after events may have been missed */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  start(): void {
    const child = spawn('ip', ['monitor', 'link', 'address', 'route', 'rule'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      cwd: '/',
      env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    this.#child = child;
    child.stdout.on('data', () => this.#ring());
    const again = (): void => {
      if (this.#closed || this.#child !== child) return;
      this.#child = null;
      this.#restart = setTimeout(() => {
        this.start();
        // An overrun ends the monitor: what it did not tell has to be looked for.
        this.#ring();
      }, RESTART);
    };
    child.once('error', again);
    child.once('exit', again);
  }

  /** Resolves at the next event, at the latest after so many milliseconds. */
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
    this.#closed = true;
    this.#child?.kill('SIGKILL');
    for (const timer of [this.#quiet, this.#restart]) if (timer !== null) clearTimeout(timer);
    for (const done of [...this.#waiting]) done();
  }

  #ring(): void {
    for (const done of [...this.#waiting]) done();
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      this.#changed();
    }, DEBOUNCE);
  }
}
