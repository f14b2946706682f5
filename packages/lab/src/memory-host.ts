/**
 * A whole agent on a kernel in memory: real enrolment, real link, real transactions. Only the guard is missing, since
 * no other process could reach a kernel that is a table in this one.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  agentHandlers,
  type Confirm,
  Counters,
  Documents,
  DriftWatch,
  enrol,
  type Guards,
  KnownNeighbours,
  Link,
  noCheckpoints,
  Outcomes,
  ownProcess,
  planFor,
  planHandBack,
  planRestore,
  Reporter,
  realDisk,
  Statistics,
  type TransactionParts,
  Transactions,
  takeTurns,
  untilWritten,
  webSockets,
} from '@patchbay/agent';
import type { KernelOp } from '@patchbay/protocol';
import { type MemoryHost as MemoryHostShape, MemoryKernel } from './kernel-in-memory/memory-kernel.ts';

export interface MemoryHostOptions {
  name: string;
  /** From 1; makes addresses and MACs unique. */
  number: number;
  /** eth0, eth1, …; 6 unless told. */
  nics?: number;
  /** SR-IOV: nic to the most virtual functions that it can have. */
  virtualFunctions?: Readonly<Record<string, number>>;
  /** What was set up on it before it joins, beside the address and default route of eth0. */
  before?: readonly KernelOp[];
  /** `http://…/patchbay/enrol` */
  enrol: string;
  token: string;
  log(line: string): void;
}

export interface RunningMemoryHost {
  kernel: MemoryKernel;
  /** Notices what was done to the kernel, as an agent does by the kernel's events; resolves when the engine knows. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** Nothing of such a host outlives its process, so its files need no disk where there is something quicker. */
const inMemory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const noGuard: Guards = {
  arm: () => Promise.resolve({ lost: new AbortController().signal, watch() {}, keep() {}, disarm() {} }),
  adopt: () => Promise.resolve(null),
  gone: () => Promise.resolve(),
};

export async function startMemoryHost(options: MemoryHostOptions): Promise<RunningMemoryHost> {
  const stateDirectory = await mkdtemp(join(inMemory, 'patchbay-memory-'));
  const kernel = new MemoryKernel(shape(options));
  for (const op of options.before ?? []) kernel.disturb(op);
  const identity = await enrol(realDisk, stateDirectory, {
    url: options.enrol,
    token: options.token,
    name: options.name,
  });
  const documents = await Documents.open(realDisk, stateDirectory);
  const counters = new Counters(realDisk, stateDirectory);
  const outcomes = await Outcomes.open(realDisk, stateDirectory);
  const busy = () => transactions.running() !== null;
  const reporter = new Reporter(kernel, documents, 1, busy);
  const statistics = new Statistics(() => kernel.counters());
  const log: TransactionParts['log'] = (level, message, facts) =>
    options.log(JSON.stringify({ level, message, ...facts }));
  const planner: TransactionParts['planner'] = { forward: planFor, restore: planRestore };
  let link: Link | null = null;
  const confirm: Confirm = async (...asked) => (await link?.confirm(...asked)) ?? false;
  const management = () => 'eth0';
  const parts: TransactionParts = {
    kernel,
    live: kernel,
    neighbours: { known: () => Promise.resolve(false), answers: () => Promise.resolve(false) },
    files: { read: () => Promise.resolve([]), putBack: () => Promise.resolve() },
    planner,
    disk: realDisk,
    stateDirectory,
    documents,
    checkpoints: noCheckpoints,
    self: ownProcess(),
    keepClaims: () => Promise.resolve(),
    endStrays: () => Promise.resolve(),
    udevHasActed: () => Promise.resolve(),
    reboot: () => Promise.resolve(),
    log,
    handBack: (state, running, wish) => planHandBack(state, running, wish, {}),
    rehearse: (_before, ops) => kernel.rehearse(ops),
    outcomes,
    guards: noGuard,
    confirm,
    insist: untilWritten(log),
    turn: takeTurns(),
    // The kernel in memory settles at once.
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    management,
    connection: () => null,
    rescueReboot: false,
    watchdog: null,
  };
  const transactions: Transactions = new Transactions(parts, counters, () => {
    void link?.tellEnded();
    watch.forget();
  });
  const watch = new DriftWatch({
    report: () => reporter.report(),
    planner,
    busy,
    repair: (repairs) => transactions.repair(repairs),
    tell: async (report, events) => (await link?.tellChanged(report, events)) ?? false,
    log,
  });
  // In memory nothing is silent for a moment only.
  const neighbours = new KnownNeighbours(0, performance.now());
  const hearNeighbours = async () => {
    const { links } = await kernel.observe();
    watch.happened(neighbours.heard(kernel.lldp(), links, performance.now()).events);
  };
  const { key, certificate, ca, engines } = identity;
  link = new Link({
    engines,
    open: webSockets({ key, certificate, ca }),
    agentVersion: 'memory',
    bootId: 'memory',
    handlers: agentHandlers({
      transactions,
      kernel,
      planner,
      documents,
      handBack: parts.handBack,
      rehearse: parts.rehearse,
      log,
      management,
      report: () => reporter.report(),
      statistics: () => statistics.now(),
      lldp: () => Promise.resolve(kernel.lldp()),
    }),
    outcomes,
    awaiting: () => transactions.awaiting(),
    epoch: () => counters.epoch(),
    report: () => reporter.report(),
    welcomed: (repair) => watch.allow(repair),
    reported: (stateVersion) => watch.reported(stateVersion),
    pause: { least: 50, most: 1000 },
    log,
  });
  const ended = link.run();
  return {
    kernel,
    look: async () => {
      await hearNeighbours();
      watch.look();
      await watch.settled();
    },
    async stop() {
      await transactions.idle();
      link?.stop();
      statistics.close();
      watch.close();
      await ended;
      // The end of a change may have shown something to repair.
      await watch.settled();
      await transactions.idle();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}

function shape({ name, number, nics: count = 6, virtualFunctions = {} }: MemoryHostOptions): MemoryHostShape {
  const byte = (n: number) => n.toString(16).padStart(2, '0');
  const mac = (nic: number) => `02:00:${byte(number >> 8)}:${byte(number & 255)}:00:${byte(nic)}`;
  const nics = Array.from({ length: count }, (_, nic) => {
    const total = virtualFunctions[`eth${nic}`];
    return { name: `eth${nic}`, mac: mac(nic), ...(total === undefined ? {} : { virtualFunctions: total }) };
  });
  const address = `192.168.${100 + (number >> 7)}.${10 + (number & 127)}/24`;
  return {
    hostName: name,
    nics: nics.map((nic, i) => (i === 0 ? { ...nic, addresses: [address] } : nic)),
    defaultRoute: { device: 'eth0', gateway: `192.168.${100 + (number >> 7)}.1` },
  };
}
