/** What managers are found and told by: processes, services, programs. One object, so that tests can stand in for it. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { Child, run } from '../execute/spawn.ts';
import { readOrNull } from './files.ts';

/** Milliseconds for a manager's own program to answer. */
const PROGRAM_LIMIT = 10_000;
/** Milliseconds for a service to be stopped, started or both. Going back waits for it as well, though for nothing else: it is short. */
const SERVICE_LIMIT = 30_000;

/** A process of this host's network. */
export interface Running {
  pid: number;
  /** Of its command line. */
  words: string[];
  /** Stopped by a signal. */
  stopped: boolean;
}

export interface Machine {
  /** Put before every path; empty on a real host. */
  readonly root: string;
  /** Pid of a process in this host's network, by its name as the kernel keeps it (15 characters). */
  process(name: string): number | null;
  /** All processes in this host's network that have a command line. */
  processes(): Running[];
  /** Runs one of a manager's own programs. @returns null when it failed, else what it said */
  ask(program: string, args: readonly string[]): Promise<string | null>;
  signal(pid: number, signal: NodeJS.Signals): void;
  /** Whether a service manager runs this unit, and so can restart it. */
  runs(unit: string): Promise<boolean>;
  /** @throws with the service manager's words */
  service(verb: 'start' | 'stop' | 'restart', unit: string): Promise<void>;
}

export class RealMachine implements Machine {
  readonly root = '';
  readonly #environment: Readonly<Record<string, string>>;
  readonly #known = new Map<string, number>();

  /** @param environment added to that of every program that is started */
  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  process(name: string): number | null {
    const known = this.#known.get(name);
    if (known !== undefined && isCalled(known, name)) return known;
    this.#known.delete(name);
    const found = pids().find((pid) => isCalled(pid, name) && isHere(pid));
    if (found === undefined) return null;
    this.#known.set(name, found);
    return found;
  }

  processes(): Running[] {
    return pids().flatMap((pid) => {
      const words = (readOrNull(`/proc/${pid}/cmdline`) ?? '').split(/[\0 ]+/).filter((word) => word !== '');
      if (words.length === 0 || !isHere(pid)) return [];
      return [{ pid, words, stopped: /^State:\s*T/m.test(readOrNull(`/proc/${pid}/status`) ?? '') }];
    });
  }

  async ask(program: string, args: readonly string[]): Promise<string | null> {
    const child = new Child(program, args, this.#environment);
    child.end();
    await child.hears(Number.POSITIVE_INFINITY, PROGRAM_LIMIT);
    const { status } = await child.ended;
    return status === 0 ? child.take() : null;
  }

  signal(pid: number, signal: NodeJS.Signals): void {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }

  async runs(unit: string): Promise<boolean> {
    if (!existsSync('/run/systemd/system')) return false;
    return (await run('systemctl', ['is-active', '--quiet', unit], PROGRAM_LIMIT, this.#environment)).status === 0;
  }

  async service(verb: 'start' | 'stop' | 'restart', unit: string): Promise<void> {
    const { status, stderr } = await run('systemctl', [verb, unit], SERVICE_LIMIT, this.#environment);
    if (status !== 0) throw new Error(`systemctl ${verb} ${unit}: ${stderr.trim() || `status ${status}`}`);
  }
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** A container's processes are not this host's. */
function isHere(pid: number): boolean {
  return networkOf(pid) === networkOf('self');
}

function isCalled(pid: number | string, name: string): boolean {
  return readOrNull(`/proc/${pid}/comm`)?.trim() === name;
}

function networkOf(pid: number | 'self'): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return null;
  }
}
