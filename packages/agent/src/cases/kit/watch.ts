/** What a kernel tells of itself, for cases that are about what it does not tell. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { IpBatch } from '../../execute/ip-batch.ts';

export interface KernelEvent {
  kind: 'link' | 'address' | 'route' | 'rule';
  /** Null for a rule. */
  device: string | null;
  text: string;
}

/** Milliseconds for an event that is known to come. */
const LIMIT = 10_000;
/** Milliseconds within which the kernel has told of every carrier: it does so once a second. */
const CARRIER_WORD = 1_100;
/** Destinations that no case uses: RFC 2544. */
const markerOf = (number: number) => `198.18.${(number >> 8) & 255}.${number & 255}`;

export class Watch {
  readonly #child: ChildProcess;
  readonly #batch = new IpBatch([], {}, LIMIT);
  #lines: string[] = [];
  #rest = '';
  #markers = 0;
  #heardOf = 0;
  #carriers = '';
  #wake: () => void = () => {};

  constructor() {
    this.#child = spawn('ip', ['-o', 'monitor', 'link', 'address', 'route', 'rule'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
  }

  /** Resolves when the monitor listens: it says what is done from now on. */
  async start(): Promise<void> {
    const end = Date.now() + LIMIT;
    // Nothing tells when it has begun to listen, but a mark that it has seen.
    while (Date.now() < end) {
      this.#markers += 1;
      const marker = markerOf(this.#markers);
      await this.#batch.run([`route add blackhole ${marker}`, `route del blackhole ${marker}`]);
      if (await this.#heard(marker, 100)) return;
    }
    throw new Error('ip monitor says nothing.');
  }

  /** Everything that the kernel has told since the last time. */
  async take(): Promise<KernelEvent[]> {
    this.#markers += 1;
    const marker = markerOf(this.#markers);
    await this.#batch.run([`route add blackhole ${marker}`, `route del blackhole ${marker}`]);
    if (!(await this.#heard(`Deleted blackhole ${marker}`, LIMIT))) throw new Error(`${marker} was never heard of.`);
    const at = this.#lines.findIndex((line) => line.startsWith(`Deleted blackhole ${marker}`));
    return (
      this.#lines
        .splice(0, at + 1)
        // Neighbours are told of a failover again and again, as often as the bond is set to.
        .filter((line) => !/blackhole 198\.18\.|event (NOTIFY PEERS|RESEND IGMP)/.test(line))
        .flatMap(eventOf)
    );
  }

  /** Resolves when everything has been told of carriers that were won or lost: the kernel gathers that before it says it. */
  async calm(): Promise<void> {
    while (carrierChanges() !== this.#carriers) {
      this.#carriers = carrierChanges();
      for (let since = performance.now(); ; ) {
        const left = since + CARRIER_WORD - performance.now();
        if (left <= 0) break;
        const heard = this.#heardOf;
        await this.next(left);
        if (this.#heardOf !== heard) since = performance.now();
      }
    }
  }

  /** Resolves with the next event, at the latest after so many milliseconds. */
  next(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limit);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#batch.end();
  }

  async #heard(text: string, limit: number): Promise<boolean> {
    const end = Date.now() + limit;
    while (!this.#lines.some((line) => line.includes(text))) {
      const left = end - Date.now();
      if (left <= 0) return false;
      await this.next(left);
    }
    return true;
  }

  #hear(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#heardOf += lines.length;
    this.#wake();
  }
}

function eventOf(text: string): KernelEvent[] {
  const line = text.replace(/^Deleted /, '');
  const link = /^\d+: ([^:@\s]+)(?:@\S+)?: </.exec(line);
  if (link !== null) return [{ kind: 'link', device: link[1] ?? '', text }];
  const address = /^\d+: (\S+)\s+inet6? /.exec(line);
  if (address !== null) return [{ kind: 'address', device: address[1] ?? '', text }];
  if (/^\d+:\s+(from|not) /.test(line)) return [{ kind: 'rule', device: null, text }];
  const route = /\bdev (\S+)/.exec(line);
  return route === null ? [] : [{ kind: 'route', device: route[1] ?? '', text }];
}

/** How often devices have won or lost a carrier: another text whenever one has. */
function carrierChanges(): string {
  return readdirSync('/sys/class/net')
    .map((name) => `${name} ${changesOf(name)}`)
    .join();
}

function changesOf(name: string): string {
  try {
    return readFileSync(`/sys/class/net/${name}/carrier_changes`, 'utf8').trim();
  } catch {
    // It went between the two looks, or is no device, as `bonding_masters`.
    return '';
  }
}
