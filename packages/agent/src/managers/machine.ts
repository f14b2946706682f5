/** What managers are found and told by: processes, services, programs. One object, so that tests can stand in for it. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { Child, run } from '../execute/spawn.ts';
import { readOrNull } from './files.ts';

/** Milliseconds for a manager's own program to answer. */
const PROGRAM_LIMIT = 10_000;
/** Milliseconds for a service to be stopped, started or both. Going back waits for it as well, though for nothing else: it is short. */
const SERVICE_LIMIT = 30_000;

export interface Machine {
  /** Put before every path; empty on a real host. */
  readonly root: string;
  /** Pid of a process in this host's network, by its name as the kernel keeps it (15 characters). */
  process(name: string): number | null;
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
    const network = networkOf('self');
    for (const entry of readdirSync('/proc')) {
      // A container's manager is not this host's.
      if (!/^\d+$/.test(entry) || !isCalled(entry, name) || networkOf(entry) !== network) continue;
      this.#known.set(name, Number(entry));
      return Number(entry);
    }
    return null;
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

function isCalled(pid: number | string, name: string): boolean {
  return readOrNull(`/proc/${pid}/comm`)?.trim() === name;
}

function networkOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return null;
  }
}
