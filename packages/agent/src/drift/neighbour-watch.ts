/**
 * Tells of neighbours that come, go and change. One `lldpcli watch` for all nics says when, which costs nothing while nothing happens;
 * what has happened is then asked as anybody asks it.
 */
import { existsSync } from 'node:fs';
import type { LinkReport } from '@patchbay/protocol';
import { type Listening, listen } from '../execute/spawn.ts';
import { heardNeighbours } from '../observe/lldp-neighbours.ts';
import type { Log } from '../transaction/parts.ts';
import type { Happened } from './events.ts';
import { KnownNeighbours } from './neighbours.ts';

export interface Pace {
  /** Milliseconds until lldpd is looked for again where it does not run: none has to be there. */
  again: number;
  /** Between something that happened and the look at it. */
  soon: number;
  /** From one look to the next, whatever happens. */
  apart: number;
  /** That a neighbour may be silent; the time for which switches usually want to be remembered. */
  patience: number;
}

const PACE: Pace = { again: 60_000, soon: 1_000, apart: 10_000, patience: 120_000 };

export interface NeighbourWatchParts {
  links(): Promise<readonly LinkReport[]>;
  tell(events: readonly Happened[]): void;
  /** Of the program that listens. */
  environment: Readonly<Record<string, string>>;
  log: Log;
}

export class NeighbourWatch {
  readonly #parts: NeighbourWatchParts;
  readonly #pace: Pace;
  readonly #known: KnownNeighbours;
  #program: Listening | null = null;
  #restart: NodeJS.Timeout | null = null;
  /** Where lldpd will be heard once it runs, as its client said that looked for it there. */
  #awaited: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer rings. */
  #due = Number.POSITIVE_INFINITY;
  #looked = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(parts: NeighbourWatchParts, pace: Pace = PACE) {
    this.#parts = parts;
    this.#pace = pace;
    this.#known = new KnownNeighbours(pace.patience, performance.now());
  }

  start(): void {
    if (this.#closed) return;
    this.#known.begin(performance.now());
    this.#program = listen('lldpcli', ['-f', 'json0', 'watch'], this.#parts.environment, {
      hear: () => this.#soon(),
      // It says so when there is no lldpd, or none any more, and ends.
      complain: (text) => {
        this.#awaited = /socket (\/\S+): No such file/.exec(text)?.[1] ?? null;
      },
      ended: () => {
        this.#program = null;
        this.#startAgain();
      },
    });
    this.#soon();
  }

  /** A program is started only where it may find something: that costs more than all else that an idle agent does. */
  #startAgain(): void {
    if (this.#closed) return;
    const look = () => (this.#awaited === null || existsSync(this.#awaited) ? this.start() : this.#startAgain());
    this.#restart = setTimeout(look, this.#pace.again).unref();
  }

  close(): void {
    this.#closed = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#program?.signal('SIGKILL');
  }

  /** It may say a hundred lines of one neighbour. */
  #soon(): void {
    this.#lookAt(Math.max(performance.now() + this.#pace.soon, this.#looked + this.#pace.apart));
  }

  #lookAt(time: number): void {
    if (this.#closed || time >= this.#due) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = time;
    const look = () => {
      this.#due = Number.POSITIVE_INFINITY;
      this.#looked = performance.now();
      void this.#look().catch((error: unknown) => {
        this.#parts.log('warn', 'the neighbours could not be looked at', { reason: String(error) });
      });
    };
    this.#timer = setTimeout(look, Math.max(0, time - performance.now())).unref();
  }

  async #look(): Promise<void> {
    if (this.#program === null) return;
    const heard = await heardNeighbours();
    if (heard === null || this.#closed) return;
    const { events, next } = this.#known.heard(heard, await this.#parts.links(), performance.now());
    if (events.length > 0) this.#parts.tell(events);
    if (next !== null) this.#lookAt(next);
  }
}
