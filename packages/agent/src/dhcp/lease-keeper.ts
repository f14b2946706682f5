/** Brings what the leases say into the kernel, whenever one comes or changes, and keeps the clients alive. */
import { type FSWatcher, watch } from 'node:fs';
import type { HostConfig } from '@patchbay/protocol';
import type { Kernel } from '../kernel.ts';
import type { Log, Planner } from '../transaction/parts.ts';
import type { Udhcpc } from './clients.ts';
import { leaseOps } from './lease-ops.ts';

/** Milliseconds to let several files of one event arrive. */
const DEBOUNCE = 30;
/** Milliseconds between two looks at clients that were started by an earlier agent and so end unheard. */
const LOOK = 10_000;

export interface LeaseKeeperParts {
  clients: Udhcpc;
  kernel: Kernel;
  planner: Planner;
  turn<T>(work: () => Promise<T>): Promise<T>;
  configInForce(): Promise<HostConfig>;
  management(): string | null;
  log: Log;
}

export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #watcher: FSWatcher;
  readonly #look: NodeJS.Timeout;
  #soon: NodeJS.Timeout | null = null;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
    this.#watcher = watch(parts.clients.leaseFolder, () => this.wake());
    this.#look = setInterval(() => void this.#revive(), LOOK);
    this.#look.unref();
  }

  /** Something changed that leases may have to do with. */
  wake(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.#parts.turn(() => this.#keep()).catch((error: unknown) => this.#failed(error));
    }, DEBOUNCE);
  }

  close(): void {
    this.#watcher.close();
    clearInterval(this.#look);
    if (this.#soon !== null) clearTimeout(this.#soon);
  }

  async #keep(): Promise<void> {
    const { clients, kernel, planner, configInForce, management, log } = this.#parts;
    if (clients.current().length === 0) return;
    const config = await configInForce();
    const state = await kernel.observe();
    const planned = planner.forward(state, config, management());
    if (!planned.ok) return log('warn', 'lease not applied', { reason: planned.problem.message });
    const ops = leaseOps(state, config, planned.value.ops);
    if (ops.length === 0) return;
    const execution = await kernel.execute(ops);
    log(execution.ok ? 'info' : 'warn', 'lease applied', { steps: ops.length, ...execution });
  }

  async #revive(): Promise<void> {
    const { clients, turn, log } = this.#parts;
    try {
      const devices = await turn(() => clients.revive());
      if (devices.length > 0) log('warn', 'DHCP clients had died and were started again', { devices });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#parts.log('warn', 'lease not applied', { reason: String(error) });
  }
}
