/**
 * The kernel's links, addresses, routes and rules, kept in memory and read again only where something has happened.
 *
 * A picture is never handed out that may be stale. Before each one, the kernel is made to ring: what comes out of the monitor
 * before that ring has happened before, and is read again; so everything that happened before the call is in the picture, as it
 * is in one that is read whole. When the ring does not come, the kernel could not deliver a message, the monitor ended, a line
 * or an answer is not understood, or a device has another name than it had: everything is read.
 *
 * What a kernel changes without telling is read every time: devices that are down, those with shaping, and what only `/proc`
 * and `/sys` know. What may lag is what follows from the wire: carrier and the state of LACP, by the second that the kernel
 * itself takes to act on them.
 */
import type { LinkReport } from '@patchbay/protocol';
import type { IpQuestions, IpState } from '../observe/ip-questions.ts';
import { nameSlaves } from '../observe/links.ts';
import type { Log } from '../transaction/parts.ts';
import type { Bell } from './bell.ts';
import { Monitor } from './monitor.ts';

/** Milliseconds for a ring to come out. */
const RING_LIMIT = 1000;
/** Milliseconds for the first one: the monitor may just be starting. */
const FIRST_RING_LIMIT = 3000;
/** Milliseconds between the rings that find out whether a monitor listens. */
const RING_AGAIN = 50;
/** Milliseconds until that is tried again where none did. */
const GIVEN_UP = 60_000;
/** Reading so many devices one by one is never slower than reading all, and from that share of all on it always is. */
const FEW = 8;
const SHARE = 1 / 4;
/** Rings are next hops of these ids: Patchbay's own number, and 16 bits that count. */
const RINGS = 0x4f570000;
const RING_MASK = 0xffff;

interface Kept {
  link: LinkReport;
  /** Milliseconds of a clock that never jumps, when it was read. */
  at: number;
}

interface Touched {
  name: string;
  /** The kernel said so, which it also says of ports that leave a bridge. */
  gone: boolean;
}

/** Who is told that something happens; a ring is nothing. */
export interface Listener {
  changed(): void;
  /** A bond has chosen another slave. */
  failedOver(): void;
}

/** How often each way was taken. */
export interface MirrorCounts {
  whole: number;
  /** Why the last whole read was one. */
  why: string;
  parts: number;
  /** Devices read in parts. */
  devices: number;
}

export class Mirror {
  readonly #ip: IpQuestions;
  readonly #monitor: Monitor;
  readonly #log: Log;
  readonly #rings = new Map<number, () => void>();
  readonly #listener: Listener;
  #links = new Map<number, Kept>();
  /** Bonds and bridges by their name. */
  #masters = new Map<string, number>();
  #routes: IpState['routes'] = [];
  #rules: IpState['rules'] = [];
  /** Links that something happened to since they were read. */
  #touched = new Map<number, Touched>();
  #routesTouched = false;
  #rulesTouched = false;
  /** Why all has to be read; null when the picture is whole. */
  #lost: string | null = 'nothing was read yet';
  /** Messages that the monitor had missed when all was read. */
  #missed: number | null = null;
  /** Whether the monitor that runs was heard. */
  #listens = false;
  #givenUp = Number.NEGATIVE_INFINITY;
  #paused = 0;
  #nextRing = 1;
  #last: Promise<unknown> = Promise.resolve();
  readonly counts: MirrorCounts = { whole: 0, why: '', parts: 0, devices: 0 };

  constructor(ip: IpQuestions, environment: Readonly<Record<string, string>>, listener: Listener, log: Log) {
    this.#ip = ip;
    this.#listener = listener;
    this.#log = log;
    this.#monitor = new Monitor(environment, {
      hear: (bells) => this.#hear(bells),
      complained: () => {
        // What it complains of may have been before all was read.
        if (this.#monitor.missedMessages() === this.#missed) return;
        this.#lose('the monitor missed something');
        listener.changed();
      },
      ended: () => {
        this.#listens = false;
        this.#lose('the monitor ended');
        listener.changed();
      },
      restarted: () => listener.changed(),
    });
  }

  start(): void {
    this.#monitor.start();
  }

  close(): void {
    this.#monitor.close();
    this.#ip.close();
  }

  /** No events for what is about to be done; it is read afterwards, whole. */
  pause(): void {
    this.#paused += 1;
    this.#lose('events were not heard');
    this.#monitor.pause();
  }

  resume(): void {
    this.#paused -= 1;
    if (this.#paused === 0) this.#monitor.resume();
  }

  /**
   * Links, addresses, routes and rules as they are now. The reports are the caller's own.
   * @param anew names of devices that are read in any case
   * @throws when the kernel cannot be read
   */
  look(anew: Iterable<string> = []): Promise<IpState> {
    const names = new Set(anew);
    const seen = this.#last.then(() => this.#look(names));
    this.#last = seen.catch(() => {});
    return seen;
  }

  async #look(anew: ReadonlySet<string>): Promise<IpState> {
    const why = await this.#refresh(anew);
    if (why !== null) {
      this.#lose(why);
      this.counts.whole += 1;
      this.counts.why = why;
      return this.#readAll();
    }
    const now = performance.now();
    const links = [...this.#links.values()].map(({ link, at }) => copyOf(link, now - at));
    nameSlaves(links);
    return { links, routes: [...this.#routes], rules: [...this.#rules] };
  }

  /** Reads again what has changed. @returns why that is not possible; null when the picture is current */
  async #refresh(anew: ReadonlySet<string>): Promise<string | null> {
    if (this.#lost !== null) return this.#lost;
    const inTime = !this.#hasMissed() && (await this.#ring(RING_LIMIT));
    if (this.#hasMissed()) return 'the kernel dropped a message';
    if (!inTime) return this.#lost ?? 'a ring did not come out';
    if (this.#lost !== null) return this.#lost;
    const touched = this.#touched;
    const parts = { routes: this.#routesTouched, rules: this.#rulesTouched };
    for (const { index, name } of this.#silent(anew)) {
      if (!touched.has(index)) touched.set(index, { name, gone: false });
    }
    if (touched.size > Math.max(FEW, this.#links.size * SHARE)) return 'much has changed';
    this.#touched = new Map();
    this.#routesTouched = false;
    this.#rulesTouched = false;
    if (touched.size === 0 && !parts.routes && !parts.rules) return null;
    try {
      const answers = await this.#ip.some(
        [...touched.values()].map(({ name }) => name),
        parts,
      );
      this.counts.parts += 1;
      this.counts.devices += touched.size;
      const at = performance.now();
      let ghosts = false;
      for (const [index, { gone }] of touched) {
        if (answers.links.has(index)) continue;
        if (!gone) return 'a device is gone that was not said to go';
        if (this.#links.delete(index)) ghosts = true;
      }
      for (const [index, link] of answers.links) {
        if ((this.#links.get(index)?.link.name ?? link.name) !== link.name) return 'a device was renamed';
        if (touched.has(index)) this.#links.set(index, { link, at });
      }
      // A name that a program has looked up once stands for that device for ever.
      if (ghosts) this.#ip.forget();
      if (answers.routes !== null) this.#routes = answers.routes;
      if (answers.rules !== null) this.#rules = answers.rules;
    } catch (error) {
      return String(error);
    }
    this.#order();
    if (new Set([...this.#links.values()].map(({ link }) => link.name)).size < this.#links.size)
      return 'two devices have the same name';
    return this.#lost;
  }

  #hasMissed(): boolean {
    return this.#missed === null || this.#monitor.missedMessages() !== this.#missed;
  }

  /** Devices that may have changed without a word. */
  #silent(anew: ReadonlySet<string>): LinkReport[] {
    return [...this.#links.values()].flatMap(({ link }) =>
      !link.adminUp || link.qdisc === 'hfsc' || anew.has(link.name) ? [link] : [],
    );
  }

  /** Reads all; it is the picture from then on when a monitor has listened all the while. */
  async #readAll(): Promise<IpState> {
    const followed = this.#paused === 0 && (await this.#isFollowed());
    const missed = this.#monitor.missedMessages();
    this.#touched = new Map();
    this.#routesTouched = false;
    this.#rulesTouched = false;
    this.#lost = followed && missed !== null ? null : 'no monitor listens';
    this.#missed = missed;
    const state = await this.#ip
      .all()
      .catch((error: unknown) => {
        this.#lose('it could not be read');
        throw error;
      })
      // What answers for single devices remembers their names, and this may be because one has another.
      .finally(() => this.#ip.forget());
    const at = performance.now();
    // What the caller gets is changed by others: what is kept must be another.
    this.#links = new Map(state.links.map((link) => [link.index, { link: copyOf(link, 0), at }]));
    this.#order();
    this.#routes = [...state.routes];
    this.#rules = [...state.rules];
    return state;
  }

  #order(): void {
    this.#links = new Map([...this.#links].sort(([a], [b]) => a - b));
    this.#masters = new Map();
    for (const [index, { link }] of this.#links) {
      if (link.kind === 'bond' || link.kind === 'bridge') this.#masters.set(link.name, index);
    }
  }

  /** Whether a monitor tells of everything from now on. One that was just started may not have begun to listen. */
  async #isFollowed(): Promise<boolean> {
    if (!this.#monitor.isRunning) return false;
    const start = performance.now();
    if (this.#listens || start - this.#givenUp < GIVEN_UP) return this.#listens;
    while (performance.now() - start < FIRST_RING_LIMIT && this.#monitor.isRunning) {
      if (!(await this.#ring(RING_AGAIN))) {
        // A ring that the kernel drops fails at once, and what it drops for want of room is only read in between.
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      this.#listens = true;
      return true;
    }
    this.#givenUp = performance.now();
    this.#log('warn', 'the kernel cannot be followed by its events, so it is read whole each time');
    return false;
  }

  /** @returns whether the ring came out within so many milliseconds; at once when the kernel could not deliver it */
  async #ring(limit: number): Promise<boolean> {
    const missed = this.#monitor.missedMessages();
    const id = RINGS + this.#nextRing;
    this.#nextRing = (this.#nextRing + 1) & RING_MASK;
    let timer: NodeJS.Timeout | undefined;
    const heard = new Promise<boolean>((resolve) => {
      this.#rings.set(id, () => resolve(true));
      timer = setTimeout(() => resolve(false), limit);
    });
    try {
      await this.#ip.ring(id);
      return this.#monitor.missedMessages() === missed && (await heard);
    } finally {
      clearTimeout(timer);
      this.#rings.delete(id);
    }
  }

  #hear(bells: readonly Bell[]): void {
    let changed = false;
    let failover = false;
    for (const bell of bells) {
      if (bell.of === 'ring') {
        if (bell.id >= RINGS && bell.id <= RINGS + RING_MASK) this.#rings.get(bell.id)?.();
        continue;
      }
      changed = true;
      if (bell.of === 'routes') this.#routesTouched = true;
      else if (bell.of === 'rules') this.#rulesTouched = true;
      else if (bell.of === 'link') {
        this.#touch(bell);
        failover ||= bell.failover === true;
      } else this.#lose('the monitor said something unknown');
    }
    if (failover) this.#listener.failedOver();
    else if (changed) this.#listener.changed();
  }

  #touch({ index, name, gone }: Extract<Bell, { of: 'link' }>): void {
    const { link } = this.#links.get(index) ?? {};
    const before = this.#touched.get(index);
    const known = link?.name ?? before?.name ?? name;
    // What answers for single devices may remember the name that it had.
    if (known === null || (name !== null && name !== known)) this.#lose('a device was renamed');
    this.#touched.set(index, { name: known ?? '', gone: gone || before?.gone === true });
    // A link that goes down takes its IPv4 routes along, of which the kernel says nothing.
    this.#routesTouched = true;
    const master = link?.master ?? null;
    // What a bond or bridge shows of its members changes with them.
    const above = master === null ? undefined : this.#masters.get(master);
    if (master === null || above === undefined || this.#touched.has(above)) return;
    this.#touched.set(above, { name: master, gone: false });
  }

  #lose(why: string): void {
    this.#lost ??= why;
  }
}

/** @param age milliseconds since it was read: lifetimes have become shorter */
function copyOf(link: LinkReport, age: number): LinkReport {
  const { bond, bridge, slave, addresses } = link;
  const seconds = Math.floor(age / 1000);
  const left = (validFor: number | null) => (validFor === null ? null : Math.max(0, validFor - seconds));
  return {
    ...link,
    bond: bond === null ? null : { ...bond, options: { ...bond.options }, slaves: [...bond.slaves] },
    bridge: bridge === null ? null : { ...bridge },
    slave: slave === null ? null : { ...slave },
    addresses: addresses.map((address) => ({ ...address, validFor: left(address.validFor) })),
  };
}
