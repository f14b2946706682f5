/** An agent at work: puts the parts together in the order in which they may begin. */
import { copyFile, rename } from 'node:fs/promises';
import { askKernel } from './ask-kernel.ts';
import { AddressKeeper } from './dhcp/address-keeper.ts';
import type { Dialler } from './dialler/dialler.ts';
import { NeighbourWatch } from './drift/neighbour-watch.ts';
import { DriftWatch } from './drift/watch.ts';
import type { GuardLauncher } from './guard/launch.ts';
import { GuardPost } from './guard/post.ts';
import { watchdogFault } from './guard/watchdog.ts';
import { overTheWire } from './link/arrival.ts';
import { agentHandlers } from './link/handlers.ts';
import { Link } from './link/link.ts';
import { Renewal } from './link/renewal.ts';
import { Reporter } from './link/reporter.ts';
import { clientIds } from './managers/hand-back/client-ids.ts';
import { planHandBack } from './managers/hand-back/plan-hand-back.ts';
import { MirroredKernel } from './mirror/mirrored-kernel.ts';
import { readCounters } from './observe/counters.ts';
import { lldpNeighbours } from './observe/lldp-neighbours.ts';
import type { NicPatterns } from './observe/nic-patterns.ts';
import { Statistics } from './observe/statistics.ts';
import { takeClaim } from './persist/claim.ts';
import { Counters } from './persist/counters.ts';
import { makeFolder, realDisk } from './persist/disk.ts';
import { type Identity, renewIdentity } from './persist/identity.ts';
import { keepNicPatterns } from './persist/nic-patterns.ts';
import { Outcomes } from './persist/outcomes.ts';
import { sweep, sweepBeside } from './persist/sweep.ts';
import { rehearse } from './rehearse/rehearse.ts';
import { bootRestore } from './transaction/boot-restore.ts';
import { FurtherTries } from './transaction/further-tries.ts';
import { keepMacs } from './transaction/keep-macs.ts';
import { LateNics } from './transaction/late-nics.ts';
import type { Confirm, Log, TransactionParts } from './transaction/parts.ts';
import { openRestorer } from './transaction/restorer.ts';
import { endListeners, listenerMark, strayMark } from './transaction/strays.ts';
import { Transactions } from './transaction/transactions.ts';
import { takeTurns } from './transaction/turn.ts';
import { unread } from './transaction/unread.ts';
import { untilWritten } from './transaction/until-written.ts';
import { unwritten } from './transaction/unwritten.ts';

export interface AgentOptions {
  /** Absolute. */
  stateDirectory: string;
  dialler: Dialler;
  /** The guard's program, and who starts it. */
  guard: { script: string; launcher: GuardLauncher };
  /** Script of the DHCPv6 client; absent, this host cannot ask for such leases. */
  dhcp6?: string;
  /** Whether a host that cannot be brought back after a change is restarted. */
  rescueReboot: boolean;
  /** Device of a hardware watchdog for the time of a change; null for none. */
  watchdog: string | null;
  /** Which nics are shown, and which are not; absent, as it was. */
  nics?: NicPatterns;
  agentVersion: string;
  /** Milliseconds between which the pause before dialling again is drawn. */
  pause: { least: number; most: number };
  log: Log;
}

export interface Agent {
  /** Resolves when the link to the engine was stopped. */
  ended: Promise<void>;
  /** Lets a change that is being made come to its end, and goes; the network stays as it is. */
  stop(): Promise<void>;
}

/** Milliseconds that a stop waits for the end of a change that does not wait for its confirm. */
const STOP_TIMEOUT = 60_000;

/**
 * First decides what a former agent left open, and restores the committed config after a boot; only then asks for the
 * identity and talks to anyone.
 * @param identity reads it, or joins an engine
 * @throws when another agent has the state directory
 */
export async function startAgent(options: AgentOptions, identity: () => Promise<Identity>): Promise<Agent> {
  const { stateDirectory, log } = options;
  await makeFolder(realDisk, stateDirectory);
  if (options.dhcp6 !== undefined) {
    await copyWhole(options.dhcp6, `${stateDirectory}/dhcp6.mjs`).catch(unwritten(log, 'the DHCPv6 client'));
  }
  if (options.nics !== undefined) {
    await keepNicPatterns(realDisk, stateDirectory, options.nics).catch(unwritten(log, 'which nics are shown'));
  }
  const restorer = await openRestorer(stateDirectory, 'kill-at', log);
  const { disk, documents, planner, clients, nics, self } = restorer;
  await makeFolder(disk, `${stateDirectory}/agent`);
  if (!(await takeClaim(disk, `${stateDirectory}/agent`, self, unwritten(log, 'the claim')))) {
    throw new Error(`Another agent is running on ${stateDirectory}.`);
  }
  await Promise.all([sweep(stateDirectory), sweepBeside('/etc/resolv.conf')]).catch(
    unwritten(log, 'that what was half-written is gone'),
  );
  const { dialler } = options;
  dialler.start();
  await askKernel(restorer);
  const counters = new Counters(disk, stateDirectory, unread(log));
  const { starts, firstOfBoot } = await counters.countStart(self.bootId, unwritten(log, 'the count of starts'));
  const outcomes = await Outcomes.open(disk, stateDirectory, unread(log));
  const guards = new GuardPost(disk, stateDirectory, await ownGuard(options), options.guard.launcher);
  const unheeded = (error: unknown) => log('warn', 'not acted on', { reason: `${error}` });
  const act = () => void happened().catch(unheeded);
  const mirrored = new MirroredKernel(restorer.bare, act, log);
  const kernel = restorer.owned(mirrored);
  const changing = () => transactions.running() !== null;
  // While a lease is given back, the kernel shows for a moment what is no part of any state.
  const busy = () => changing() || addresses?.givingBack === true;
  const reporter = new Reporter(kernel, documents, starts, busy, nics);
  const report = () => reporter.report();
  const statistics = new Statistics(readCounters);
  const turn = takeTurns();

  let link: Link | null = null;
  let addresses: AddressKeeper | null = null;
  let linked: (link: Link) => void = () => {};
  const firstLink = new Promise<Link>((resolve) => {
    linked = resolve;
  });
  const confirm: Confirm = async (...asked) => (await firstLink).confirm(...asked);
  const connection = () => link?.ends() ?? null;
  const management = () => connection()?.local ?? null;
  const settle = (milliseconds: number) => mirrored.settle(milliseconds);
  const environment = strayMark(stateDirectory);
  const rehearsal: TransactionParts['rehearse'] = (before, ops) => rehearse(before, ops, environment);
  const handBack: TransactionParts['handBack'] = (state, running, wish) =>
    planHandBack(state, running, wish, clientIds(stateDirectory));
  const { rescueReboot } = options;
  const fault = options.watchdog === null ? null : watchdogFault(options.watchdog);
  if (fault !== null) log('error', 'changes are made without a watchdog', { reason: fault });
  const watchdog = fault === null ? options.watchdog : null;
  const parts: TransactionParts = {
    ...restorer,
    handBack,
    live: kernel,
    rehearse: rehearsal,
    outcomes,
    guards,
    confirm,
    management,
    connection,
    rescueReboot,
    watchdog,
    insist: untilWritten(log),
    turn,
    settle,
  };
  const transactions: Transactions = new Transactions(parts, counters, () => {
    // Whoever waits for the change hears of its end before this process is held up by starting others.
    void (link?.tellEnded() ?? Promise.resolve()).then(() => {
      guards.standBy();
      restorer.bare.ready();
    });
    drift.forget();
    drift.begin();
    addresses?.wake();
    void bringLate();
  });
  const drift = new DriftWatch({
    report,
    planner,
    busy,
    repair: (repairs) => transactions.repair(repairs),
    tell: async (news, events) => (await link?.tellChanged(news, events)) ?? false,
    log,
  });

  const neighbours = new NeighbourWatch({
    links: async () => (await kernel.observe()).links,
    tell: (events) => drift.happened(events),
    environment: listenerMark(stateDirectory),
    log,
  });
  const late = new LateNics({ ...parts, links: () => mirrored.links() }, changing);
  const further = new FurtherTries(parts, changing);
  mirrored.start();
  await transactions.resume();
  if (firstOfBoot) {
    const lacking = await turn(() => bootRestore(parts));
    log(lacking === null ? 'info' : 'error', 'restored the committed config after a boot', { lacking });
    await counters.setRestored(self.bootId).catch(unwritten(log, 'that this boot is restored'));
  } else if (transactions.running() === null) {
    // An agent before this one may have kept none.
    await keepMacs(parts, () => kernel.observe());
  }
  await late.begin();
  void further.begin().catch(unheeded);
  const configInForce = () => transactions.configInForce();
  addresses = new AddressKeeper({
    ...{ clients, kernel, planner, turn, configInForce, changing, management, log },
    settled: () => drift.look(),
  });
  addresses.wake();

  const { engines, ...credentials } = await identity();
  const renewal = new Renewal({
    credentials,
    ask: (publicKey) => link?.renew(publicKey) ?? Promise.reject(new Error('There is no link yet.')),
    keep: (renewed) => renewIdentity(disk, stateDirectory, renewed),
    now: Date.now,
    log,
  });
  link = new Link({
    engines,
    open: dialler.channels(() => renewal.credentials()),
    agentVersion: options.agentVersion,
    bootId: self.bootId,
    handlers: agentHandlers({
      transactions,
      kernel,
      planner,
      documents,
      handBack,
      rehearse: rehearsal,
      log,
      management,
      report,
      statistics: () => statistics.now(),
      lldp: () => lldpNeighbours(kernel),
    }),
    outcomes,
    awaiting: () => transactions.awaiting(),
    report,
    arrival: overTheWire(),
    epoch: () => counters.epoch(),
    welcomed: (repair) => {
      drift.allow(repair);
      void renewal.look();
    },
    reported: (stateVersion) => drift.reported(stateVersion),
    pause: options.pause,
    log,
  });
  linked(link);
  drift.begin();
  void endListeners(stateDirectory)
    .then(() => neighbours.start())
    .catch((error) => log('warn', 'neighbours are not listened for', { reason: `${error}` }));

  async function happened(): Promise<void> {
    addresses?.wake();
    await bringLate();
    drift.look();
  }
  /** A nic that has come may bring up less than all, too. */
  async function bringLate(): Promise<void> {
    await late.wake();
    void further.begin().catch(unheeded);
  }
  return {
    ended: link.run(),
    async stop() {
      // What would begin after the last change has ended would be cut off.
      drift.close();
      further.close();
      if (transactions.awaiting() === null) await Promise.race([transactions.idle(), after(STOP_TIMEOUT)]);
      link?.stop();
      dialler.close();
      renewal.close();
      addresses?.close();
      neighbours.close();
      statistics.close();
      mirrored.close();
    },
  };
}

/**
 * Guards are of this agent's version, whatever is installed meanwhile: where no copy can be made, of what is installed.
 * @returns where their program is
 */
async function ownGuard({ guard, stateDirectory, log }: AgentOptions): Promise<string> {
  const copy = `${stateDirectory}/guard.mjs`;
  try {
    await copyWhole(guard.script, copy);
    return copy;
  } catch (error) {
    unwritten(log, "the guard's program")(error);
    return guard.script;
  }
}

/** Puts a copy in place whole: what lives beside the agent runs from its own, whatever is installed meanwhile. */
async function copyWhole(script: string, copy: string): Promise<void> {
  await copyFile(script, `${copy}.new`);
  await rename(`${copy}.new`, copy);
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
