/** All other managers of this host's networks, and what they have been told. */
import type { HostConfig, KernelOp, LinkReport, ManagerReport } from '@patchbay/protocol';
import type { Kernel } from '../kernel.ts';
import { realDisk } from '../persist/disk.ts';
import { claimed, lastingClaims, released } from '../plan/claims.ts';
import type { Log } from '../transaction/parts.ts';
import { CloudInit } from './cloud-init.ts';
import { dropFile, HANDED_SYSCTLS } from './files.ts';
import { handOver } from './hand-over.ts';
import { Ifupdown } from './ifupdown.ts';
import { type Patience, takeDevices } from './let-go.ts';
import { type Machine, RealMachine } from './machine.ts';
import type { Manager } from './manager.ts';
import { NetworkManager } from './network-manager.ts';
import { Networkd } from './networkd.ts';

type Op<K extends KernelOp['kind']> = Extract<KernelOp, { kind: K }>;

export interface ManagersParts {
  /** Knows nothing of managers. */
  kernel: Kernel;
  all: readonly Manager[];
  patience: Patience;
  /** Added to that of every program that is started. */
  environment: Readonly<Record<string, string>>;
  log: Log;
}

/** Those that Patchbay knows. */
export function knownManagers(stateDirectory: string, environment: Readonly<Record<string, string>>): Manager[] {
  const machine: Machine = new RealMachine(environment);
  return [
    new NetworkManager(machine, realDisk, `${stateDirectory}/managers`),
    new Networkd(machine),
    new Ifupdown(machine),
    new CloudInit(machine),
  ];
}

export class Managers {
  readonly #parts: ManagersParts;

  constructor(parts: ManagersParts) {
    this.#parts = parts;
  }

  look(links: readonly LinkReport[]): ManagerReport[] {
    return this.#parts.all.flatMap((manager) => manager.look(links) ?? []);
  }

  /** @throws ManagerConflict */
  async claim(op: Op<'manager.claim'>): Promise<void> {
    const { kernel, patience, environment, log } = this.#parts;
    const { manager, report } = await this.#find(op);
    const { claims } = claimed(report, op.claims);
    const taken = await takeDevices(kernel, manager, claims, patience, environment);
    log('info', 'claimed devices', { manager: op.manager, ...taken });
  }

  async release(op: Op<'manager.release'>): Promise<void> {
    const { manager, report, links } = await this.#find(op);
    await manager.release(released(report, op.devices).claims, op.devices, links);
    this.#parts.log('info', 'released devices', { manager: op.manager, devices: op.devices });
  }

  /** @throws ManagerConflict */
  async handBack(op: Op<'manager.hand-back'>): Promise<void> {
    const { kernel, patience, log } = this.#parts;
    const { manager } = await this.#find(op);
    await handOver(kernel, manager, op, patience);
    log('info', 'handed devices back', { manager: op.manager, devices: op.devices.map(({ name }) => name) });
  }

  /**
   * Brings what the next boot finds in line with the config that it restores. Safe to repeat; what a manager refuses is said and
   * keeps nobody, since the agent claims again when it finds something missing after a boot.
   * @param former the config that this one replaces
   */
  async keep(committed: HostConfig, former = committed): Promise<void> {
    const { kernel, all, log } = this.#parts;
    try {
      if (this.look([]).length === 0) return;
      const { links } = await kernel.observe();
      if (Object.keys(committed.networks).length > 0) await dropFile(HANDED_SYSCTLS);
      for (const manager of all) await this.#keepOne(manager, links, committed, former);
    } catch (error) {
      log('error', 'claims were not made durable', { reason: String(error) });
    }
  }

  async #keepOne(
    manager: Manager,
    links: readonly LinkReport[],
    committed: HostConfig,
    former: HostConfig,
  ): Promise<void> {
    const report = manager.look(links);
    if (report === null) return;
    const lasting = lastingClaims(report.claims, manager.kept(), committed, former, links);
    if (lasting.length > 0) await manager.withdraw(lasting);
    const notes = await manager.keep(lasting, report.devices.length > 0);
    for (const note of notes) this.#parts.log('info', note);
  }

  async #find(op: { manager: ManagerReport['name'] }): Promise<{
    manager: Manager;
    report: ManagerReport;
    links: readonly LinkReport[];
  }> {
    const { links } = await this.#parts.kernel.observe();
    const manager = this.#parts.all.find(({ name }) => name === op.manager);
    const report = manager?.look(links) ?? null;
    if (manager === undefined || report === null) throw new Error(`There is no ${op.manager} on this host any more.`);
    return { manager, report, links };
  }
}
