/** Counters with the rates that follow from them: a reading is kept every few seconds, to compare the next question with. */
import type { HostStatistics } from '@patchbay/protocol';
import type { Counters } from './counters.ts';

interface Reading {
  counters: Counters;
  /** Milliseconds of a clock that never jumps. */
  at: number;
}

/** Milliseconds between readings that are kept. */
const EVERY = 15_000;
/** Milliseconds that have to lie between two readings for a rate to mean something. */
const LEAST = 1_000;

export class Statistics {
  readonly #read: () => Counters;
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;
  #older: Reading | null = null;
  #newer: Reading | null;

  constructor(read: () => Counters, clock = () => performance.now()) {
    this.#read = read;
    this.#clock = clock;
    this.#newer = this.#take();
    this.#timer = setInterval(() => this.keep(), EVERY).unref();
  }

  /** Keeps a reading to compare with. */
  keep(): void {
    this.#older = this.#newer;
    this.#newer = this.#take();
  }

  now(): HostStatistics {
    const reading = this.#take();
    const kept = [this.#newer, this.#older].find((one) => one !== null && reading.at - one.at >= LEAST) ?? null;
    const { cpu, links, ...rest } = reading.counters;
    const entries = Object.entries(links).map(([name, link]) => {
      const before = kept?.counters.links[name];
      const rate = (member: 'rxBytes' | 'txBytes') => rateOf(link[member], before?.[member], reading, kept);
      return [name, { ...link, rxRate: rate('rxBytes'), txRate: rate('txBytes') }];
    });
    return { ...rest, links: Object.fromEntries(entries), cpu: sharesOf(cpu, kept?.counters.cpu ?? null) };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #take(): Reading {
    return { counters: this.#read(), at: this.#clock() };
  }
}

/** Per second; null for a device that was not there before, or began to count anew. */
function rateOf(now: number, before: number | undefined, { at }: Reading, kept: Reading | null): number | null {
  if (before === undefined || kept === null || now < before) return null;
  return ((now - before) * 1000) / (at - kept.at);
}

function sharesOf(now: Counters['cpu'], before: Counters['cpu']): HostStatistics['cpu'] {
  if (now === null || before === null) return null;
  const [user, system, idle] = [now.user - before.user, now.system - before.system, now.idle - before.idle];
  const all = user + system + idle;
  const share = (part: number) => Math.round((part * 1000) / all) / 10;
  return all <= 0 ? null : { user: share(user), system: share(system), idle: share(idle) };
}
