/** What a kernel tells of itself, for cases that are about what it does not tell. */
import { type ChildProcess, spawn } from 'node:child_process';
import { IpBatch } from '../../execute/ip-batch.ts';

export interface KernelEvent {
  kind: 'link' | 'address' | 'route' | 'rule';
  /** Null for a rule. */
  device: string | null;
  text: string;
}

/** Milliseconds for an event that is known to come. */
const LIMIT = 10_000;
/** Destinations that no case uses: RFC 2544. */
const markerOf = (number: number) => `198.18.${(number >> 8) & 255}.${number & 255}`;

export class Watch {
  readonly #child: ChildProcess;
  readonly #batch = new IpBatch([], {}, LIMIT);
  #lines: string[] = [];
  #rest = '';
  #markers = 0;
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
    return this.#lines
      .splice(0, at + 1)
      .filter((line) => !line.includes('blackhole 198.18.'))
      .flatMap(eventOf);
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
