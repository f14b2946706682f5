/** `ip monitor` as a bell: it tells in order of everything that happens to links, addresses, routes and rules. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type Listening, listen } from '../execute/spawn.ts';
import { type Bell, bellOf } from './bell.ts';

/** Milliseconds until a monitor that ended is started again. */
const RESTART = 1000;

export interface Ears {
  hear(bells: Bell[]): void;
  /** It could not keep up, or has another complaint, and goes on. */
  complained(): void;
  /** It has ended; another is started soon. */
  ended(): void;
  /** Another has been started, which did not hear what happened in between. */
  restarted(): void;
}

export class Monitor {
  readonly #environment: Readonly<Record<string, string>>;
  readonly #ears: Ears;
  #program: Listening | null = null;
  #socket: string | null = null;
  #restart: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(environment: Readonly<Record<string, string>>, ears: Ears) {
    this.#environment = environment;
    this.#ears = ears;
  }

  start(): void {
    if (this.#program !== null || this.#closed) return;
    this.#socket = null;
    const program = listen(
      'ip',
      ['-o', 'monitor', 'label', 'link', 'address', 'route', 'rule', 'nexthop'],
      this.#environment,
      {
        hear: (lines) => this.#ears.hear(lines.map(bellOf)),
        // "No buffer space available", after which it goes on.
        complain: () => this.#ears.complained(),
        ended: () => {
          if (this.#program !== program) return;
          this.#program = null;
          if (this.#closed) return;
          this.#restart = setTimeout(() => {
            this.start();
            this.#ears.restarted();
          }, RESTART).unref();
          this.#ears.ended();
        },
      },
    );
    this.#program = program;
  }

  get isRunning(): boolean {
    return this.#program !== null;
  }

  /** While this host is changed much, it is not told of every step: nobody could keep up, and all is read afterwards anyway. */
  pause(): void {
    this.#program?.signal('SIGSTOP');
  }

  resume(): void {
    this.#program?.signal('SIGCONT');
  }

  /**
   * How many messages the kernel could not deliver to the monitor since it was started, which the kernel knows before the monitor
   * does. Null when that cannot be known.
   */
  missedMessages(): number | null {
    const pid = this.#program?.pid;
    if (pid === undefined) return null;
    this.#socket ??= socketOf(pid);
    return this.#socket === null ? null : dropsOf(readFileSync('/proc/net/netlink', 'utf8'), this.#socket);
  }

  close(): void {
    this.#closed = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    this.#program?.signal('SIGKILL');
    this.#program = null;
  }
}

/** Inode of the one netlink socket of a process; null before it has opened it. */
function socketOf(pid: number): string | null {
  try {
    const table = readFileSync('/proc/net/netlink', 'utf8');
    const folder = `/proc/${pid}/fd`;
    for (const name of readdirSync(folder)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1];
      if (inode !== undefined && dropsOf(table, inode) !== null) return inode;
    }
  } catch {
    // It may have ended meanwhile.
  }
  return null;
}

/** Column `Drops` of the line of a socket in `/proc/net/netlink` (net/netlink/af_netlink.c of Linux). */
export function dropsOf(table: string, inode: string): number | null {
  const [head = '', ...rows] = table.trim().split('\n');
  const columns = head.trim().split(/\s+/);
  const [drops, node] = [columns.indexOf('Drops'), columns.indexOf('Inode')];
  const row = rows
    .filter((text) => text.includes(inode))
    .map((text) => text.trim().split(/\s+/))
    .find((words) => words[node] === inode);
  const count = Number(row?.[drops]);
  return row === undefined || drops < 0 || node < 0 || !Number.isInteger(count) ? null : count;
}
