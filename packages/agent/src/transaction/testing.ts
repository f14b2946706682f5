/** For tests: a host whose kernel is a file, so that it outlives the processes that change it, as a real one does. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ApplyRequest, HostConfig, KernelOp, LinkReport } from '@patchbay/protocol';
import type { Execution, Kernel, KernelState } from '../kernel.ts';
import { planHandBack } from '../managers/hand-back/plan-hand-back.ts';
import { Counters } from '../persist/counters.ts';
import { type Disk, realDisk } from '../persist/disk.ts';
import { Documents } from '../persist/documents.ts';
import { Outcomes } from '../persist/outcomes.ts';
import { ownProcess, type ProcessId } from '../persist/process-id.ts';
import { rememberingDisk } from '../persist/remembering-disk.ts';
import { applyOp } from '../plan/apply-op.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { World } from '../plan/world.ts';
import { type Checkpoints, noCheckpoints } from './checkpoint.ts';
import type { Confirm, Guards, Restorer, TransactionParts } from './parts.ts';
import { Transactions } from './transactions.ts';
import { takeTurns } from './turn.ts';
import { untilWritten } from './until-written.ts';

/** With eth0, which can have virtual functions, eth1 and eth2. */
export class FileKernel implements Kernel {
  readonly #path: string;
  readonly #refuses: (op: KernelOp) => boolean;

  /** @param refuses asked before each op */
  constructor(path: string, refuses: (op: KernelOp) => boolean = () => false) {
    this.#path = path;
    this.#refuses = refuses;
  }

  static create(path: string): FileKernel {
    const sriov = { total: 7, current: 0, held: 0, pf: null, vfIndex: null };
    const links = [{ ...nic('eth0', 1), sriov }, nic('eth1', 2), nic('eth2', 3)];
    const state: KernelState = {
      bootId: 'test',
      hostName: 'test',
      kernel: 'test',
      links,
      routes: [],
      rules: [],
      nameservers: ['192.0.2.53'],
      dhcp: [],
    };
    writeFileSync(path, JSON.stringify(state));
    return new FileKernel(path);
  }

  async observe(): Promise<KernelState> {
    return JSON.parse(readFileSync(this.#path, 'utf8')) as KernelState;
  }

  /** Every op is a run of its own, so that a test can stop between any two. */
  async execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    for (const op of ops) {
      await betweenRuns?.();
      const state = await this.observe();
      const world = new World(state);
      const refusal = this.#refuses(op) ? 'Refused by the test.' : applyOp(world, op);
      if (refusal !== null) return { ok: false, failed: op, message: refusal };
      const { routes, rules, dhcp, nameservers, managers } = world;
      const links = [...world.links.values()].map((link) => ({ ...link, carrier: link.adminUp }));
      writeFileSync(
        `${this.#path}.new`,
        JSON.stringify({ ...state, links, routes, rules, dhcp, nameservers, managers }),
      );
      renameSync(`${this.#path}.new`, this.#path);
    }
    return { ok: true };
  }
}

function nic(name: string, index: number): LinkReport {
  return {
    index,
    name,
    kind: 'nic',
    mac: `02:00:00:00:00:0${index}`,
    permanentMac: `02:00:00:00:00:0${index}`,
    mtu: 1500,
    minMtu: 68,
    maxMtu: 9000,
    adminUp: true,
    operState: 'UP',
    carrier: true,
    master: null,
    base: null,
    vlan: null,
    alias: null,
    group: 'default',
    speed: 10_000,
    ipv6Disabled: true,
    bond: null,
    slave: null,
    bridge: null,
    addresses: [],
  };
}

/** A bond of eth1 and eth2 with a bridged VLAN that has an address: something of every phase of a plan. */
export const richConfig: HostConfig = {
  bonds: { bond0: { slaves: ['eth1', 'eth2'], options: { mode: '1', miimon: '100' } } },
  networks: {
    blue: {
      base: 'bond0',
      vlan: 7,
      bridged: true,
      stp: false,
      mtu: 1500,
      ipv4: { method: 'static', address: '198.51.100.2', prefix: 24, gateway: '198.51.100.1' },
      ipv6: { method: 'none' },
      defaultRoute: true,
      nameservers: ['198.51.100.53'],
      bridgeOptions: {},
    },
  },
};

export function applyRequest(part: Partial<ApplyRequest> = {}): ApplyRequest {
  return {
    transaction: 't1',
    epoch: 1,
    config: richConfig,
    nonceHash: 'hash',
    checkConnectivity: true,
    confirmTimeout: 200,
    commit: true,
    ...part,
  };
}

/** A process that is no more. */
export const deadProcess: ProcessId = { pid: 2 ** 22, start: 1, bootId: 'none' };

/** Guards that acknowledge and do nothing, as if dead when somebody looks for them. */
export function idleGuards(lost = new AbortController()): Guards & { lose(): void } {
  const guard = { lost: lost.signal, watch() {}, keep() {}, disarm() {} };
  return { arm: async () => guard, adopt: async () => guard, gone: async () => {}, lose: () => lost.abort() };
}

export const confirms: Confirm = async () => true;
/** An engine that is never reached. */
export const staysSilent: Confirm = (_question, signal) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(false), { once: true });
    if (signal.aborted) resolve(false);
  });

export interface Trial {
  transactions: Transactions;
  parts: TransactionParts;
}

export async function openFileRestorer(
  stateDirectory: string,
  kernel: Kernel,
  checkpoints: Checkpoints = noCheckpoints,
  disk: Disk = realDisk,
): Promise<Restorer> {
  mkdirSync(stateDirectory, { recursive: true });
  return {
    kernel,
    neighbours: { known: async () => false, answers: async () => false },
    files: { read: async () => [], putBack: async () => {} },
    planner: { forward: planFor, restore: planRestore },
    disk,
    stateDirectory,
    documents: await Documents.open(rememberingDisk(disk), stateDirectory),
    checkpoints,
    self: ownProcess(),
    keepClaims: async () => {},
    endStrays: async () => {},
    udevHasActed: async () => {},
    reboot: async () => {},
    log: () => {},
  };
}

/** An agent's transactions on a state directory; what a test does not say confirms, is guarded and is not interrupted. */
export async function openTrial(
  stateDirectory: string,
  kernel: Kernel,
  part: Partial<TransactionParts> = {},
): Promise<Trial> {
  const parts: TransactionParts = {
    ...(await openFileRestorer(stateDirectory, kernel)),
    live: kernel,
    rehearse: async () => ({ verdict: 'accepted' }),
    handBack: (state, running, wish) => planHandBack(state, running, wish, {}),
    outcomes: await Outcomes.open(realDisk, stateDirectory),
    guards: idleGuards(),
    confirm: confirms,
    management: () => null,
    connection: () => null,
    rescueReboot: false,
    watchdog: null,
    insist: untilWritten((...said) => parts.log(...said)),
    turn: takeTurns(),
    settle: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.min(20, milliseconds))),
    ...part,
  };
  return { transactions: new Transactions(parts, new Counters(parts.disk, stateDirectory), () => {}), parts };
}

/** A kernel whose DHCP servers say something new at every look. */
export function neverTheSameLease(kernel: Kernel): Kernel {
  let looks = 0;
  return {
    observe: async () => {
      const state = await kernel.observe();
      looks += 1;
      const address = `198.51.100.${looks}/24`;
      return { ...state, dhcp: state.dhcp.map((one) => ({ ...one, state: 'bound', address, validFor: 60 })) };
    },
    execute: (...given) => kernel.execute(...given),
  };
}
