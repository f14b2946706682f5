/**
 * Keeps what hangs on addresses as it should be between transactions: brings into the kernel what leases and routers say, keeps the
 * DHCP clients alive, tells a resolver again what it has forgotten, and gives leases back when that is certain to be right.
 */
import { existsSync, type FSWatcher, watch } from 'node:fs';
import type { HostConfig } from '@patchbay/protocol';
import { RESOLVED_FOLDER } from '../dns/resolved.ts';
import type { Kernel, KernelState } from '../kernel.ts';
import { possiblePart } from '../plan/possible-part.ts';
import type { Log, Planner } from '../transaction/parts.ts';
import type { HostDhcpClients } from './clients.ts';
import { keptOps, lentFamilies } from './following.ts';
import { giveBack } from './give-back.ts';

/** Milliseconds to let several files of one event arrive. */
const DEBOUNCE = 30;
/** Milliseconds between two looks at clients that were started by an earlier agent and so end unheard. */
const LOOK = 5000;
/** So many times in a row something may be put back at once; from then on somebody else is at it, and there is a pause. */
const PATIENCE = 20;
/** Milliseconds. */
const PAUSE = 10_000;

export interface AddressKeeperParts {
  clients: HostDhcpClients;
  kernel: Kernel;
  planner: Planner;
  turn<T>(work: () => Promise<T>): Promise<T>;
  configInForce(): Promise<HostConfig>;
  /** Whether a transaction is under way, whose config may still be taken back. */
  changing(): boolean;
  management(): string | null;
  /** Called when something that was only there to give a lease back has gone again. */
  settled(): void;
  log: Log;
}

export class AddressKeeper {
  readonly #parts: AddressKeeperParts;
  readonly #watchers: FSWatcher[];
  readonly #look: NodeJS.Timeout;
  #soon: NodeJS.Timeout | null = null;
  #inARow = 0;
  #givingBack = false;

  constructor(parts: AddressKeeperParts) {
    this.#parts = parts;
    // systemd-resolved forgets name servers when it is started anew, and writes its files then.
    const folders = [parts.clients.leaseFolder, ...(existsSync(RESOLVED_FOLDER) ? [RESOLVED_FOLDER] : [])];
    this.#watchers = folders.map((folder) => watch(folder, () => this.wake()));
    parts.clients.onDeath = () => void this.#revive();
    this.#look = setInterval(() => {
      this.#inARow = 0;
      void this.#revive();
    }, LOOK);
    this.#look.unref();
  }

  /** Whether the kernel shows things for a moment that are no part of any state. */
  get givingBack(): boolean {
    return this.#givingBack;
  }

  /** Something changed that addresses may have to do with. */
  wake(): void {
    const delay = this.#inARow < PATIENCE ? DEBOUNCE : PAUSE;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.#parts.turn(() => this.#keep()).catch((error: unknown) => this.#failed(error));
    }, delay);
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#parts.clients.onDeath = () => {};
    clearInterval(this.#look);
    if (this.#soon !== null) clearTimeout(this.#soon);
  }

  async #keep(): Promise<void> {
    const { kernel, planner, configInForce, management, changing, log } = this.#parts;
    const config = await configInForce();
    if (Object.keys(config.networks).length > 0) {
      const state = await kernel.observe();
      // After a boot that could not bring up everything, what is there has its addresses all the same.
      const { part } = possiblePart(state, config);
      const planned = planner.forward(state, part, management(), {}, config);
      if (!planned.ok) return log('warn', 'addresses not kept', { reason: planned.problem.message });
      this.#declineDuplicates(state);
      await this.#notePlaces(state, config);
      const ops = keptOps(state, part, planned.value.ops);
      if (ops.length > 0) {
        this.#inARow += 1;
        const execution = await kernel.execute(ops);
        log(execution.ok ? 'info' : 'warn', 'addresses kept', { steps: ops.map(({ kind }) => kind), ...execution });
      }
    }
    if (!changing()) await this.#giveBack(config);
  }

  /** A leased address that another machine was found to use. */
  #declineDuplicates({ links, dhcp }: KernelState): void {
    for (const { device, network, family, address } of dhcp) {
      const held = links.find(({ name }) => name === device)?.addresses;
      const duplicate = held?.some((one) => one.dadFailed && `${one.address}/${one.prefix}` === address);
      if (!duplicate) continue;
      this.#parts.log('error', 'another machine uses a leased address', { network, device, address });
      this.#parts.clients.decline({ device, network, family });
    }
  }

  async #notePlaces({ dhcp }: KernelState, { networks, bonds }: HostConfig): Promise<void> {
    for (const { network, state } of dhcp) {
      const { base = null, vlan = null } = networks[network] ?? {};
      if (state !== 'bound' || base === null) continue;
      await this.#parts.clients.note(network, { base, vlan, members: bonds[base]?.slaves ?? [] });
    }
  }

  /** Leases of networks that have left, unless their address has become a static one. */
  async #giveBack(config: HostConfig): Promise<void> {
    const { clients, kernel, log, settled } = this.#parts;
    const asking = Object.entries(config.networks).filter(([, network]) => lentFamilies(network).size > 0);
    for (const left of await clients.left()) {
      const { network, family, address } = left.lease;
      const state = await kernel.observe();
      const continues = state.dhcp.some((client) => client.network === network && client.family === family);
      const kept = state.links.some(({ addresses }) => addresses.some((one) => one.address === address));
      if (!continues && !kept) {
        this.#givingBack = true;
        const obstacle = await giveBack(left, state, kernel);
        this.#givingBack = false;
        log('info', obstacle === null ? 'lease given back' : 'lease not given back', { network, address, obstacle });
        settled();
      }
      await clients.forgetLeft(left);
    }
    await clients.forgetAllBut(new Set(asking.map(([name]) => name)));
  }

  async #revive(): Promise<void> {
    const { clients, turn, log } = this.#parts;
    try {
      const started = await turn(() => clients.revive());
      if (started.length > 0) log('warn', 'DHCP clients had died and were started again', { started });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#parts.log('warn', 'addresses not kept', { reason: String(error) });
  }
}
