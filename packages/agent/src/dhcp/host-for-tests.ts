/** An agent's parts on a real kernel, without a link to an engine: transactions, clients and their keeper. For tests on a lab host. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Difference, HostConfig, HostEvent, LinkReport } from '@patchbay/protocol';
import { HostResolver } from '../dns/resolver.ts';
import { DriftWatch } from '../drift/watch.ts';
import { LinuxKernel } from '../execute/linux-kernel.ts';
import type { KernelState } from '../kernel.ts';
import { Reporter } from '../link/reporter.ts';
import { MirroredKernel } from '../mirror/mirrored-kernel.ts';
import type { Offers } from '../observe/offers.ts';
import { probe } from '../observe/probe/probe.ts';
import { realDisk } from '../persist/disk.ts';
import type { Ended } from '../persist/outcomes.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import type { Confirm, Log, Planner } from '../transaction/parts.ts';
import { applyRequest, confirms, openTrial, type Trial } from '../transaction/testing.ts';
import { takeTurns } from '../transaction/turn.ts';
import { AddressKeeper } from './address-keeper.ts';
import { HostDhcpClients } from './clients.ts';

/** Milliseconds to wait for something that servers, routers or clients do. */
const PATIENCE = 30_000;

/** What this kernel takes, once it was found out. */
let known: Promise<Offers> | null = null;

interface Parts {
  stateDirectory: string;
  /** A `resolv.conf` of its own. */
  resolvConf: string;
  clients: HostDhcpClients;
  kernel: LinuxKernel;
  /** The same kernel, as an agent sees it. */
  live: MirroredKernel;
  keeper: AddressKeeper;
  drift: DriftWatch;
  trial: Trial;
  /** What was logged, as `message facts`. */
  said: string[];
  reporter: Reporter;
  /** What an engine was told, and the word that it was told more. */
  told: Told[];
  telling: EventEmitter<{ more: [] }>;
}

export interface Told extends HostEvent {
  /** When, in milliseconds of `performance.now()`. */
  at: number;
}

export class HostForTests {
  readonly parts: Parts;
  readonly kernel: LinuxKernel;
  /** What else may tell why something never came. */
  clues: () => readonly string[] = () => [];
  #count = 0;

  private constructor(parts: Parts) {
    this.parts = parts;
    this.kernel = parts.kernel;
  }

  /**
   * @param before one that was stopped, to go on with
   * @param confirm what an engine says to changes
   * @param resolvConf file for name servers; one of its own unless told
   */
  static async start(before?: HostForTests, confirm: Confirm = confirms, resolvConf?: string): Promise<HostForTests> {
    const stateDirectory = before?.parts.stateDirectory ?? mkdtempSync(join(tmpdir(), 'host-'));
    const own = join(stateDirectory, 'resolv.conf');
    if (before === undefined) writeFileSync(own, 'search example.org\nnameserver 192.0.2.53\n');
    const host = await HostForTests.#start(stateDirectory, resolvConf ?? before?.parts.resolvConf ?? own, confirm);
    if (before !== undefined) host.clues = before.clues;
    return host;
  }

  static async #start(stateDirectory: string, resolvConf: string, confirm: Confirm): Promise<HostForTests> {
    const client6 = join(process.env['PATCHBAY_PROGRAMS'] ?? '', 'dhcp6.mjs');
    const clients = new HostDhcpClients(realDisk, stateDirectory, [process.execPath, client6]);
    const resolver = new HostResolver(realDisk, stateDirectory, resolvConf);
    known ??= probe({});
    const offers = await known;
    const kernel = new LinuxKernel({ dhcp: clients, resolver, offers: () => offers });
    const turn = takeTurns();
    const said: string[] = [];
    const told: Told[] = [];
    const telling = new EventEmitter<{ more: [] }>();
    const log: Log = (_, message, facts) => said.push(`${message} ${JSON.stringify(facts)}`);
    const live: MirroredKernel = new MirroredKernel(
      kernel,
      () => {
        keeper.wake();
        drift.look();
      },
      log,
    );
    const settle = (milliseconds: number) => live.settle(milliseconds);
    const trial = await openTrial(stateDirectory, kernel, { live, turn, confirm, settle });
    const planner: Planner = { forward: planFor, restore: planRestore };
    const changing = () => trial.transactions.running() !== null;
    const busy = () => changing() || keeper.givingBack;
    const reporter = new Reporter(live, trial.parts.documents, 1, busy);
    const drift = new DriftWatch({
      ...{ planner, busy, log },
      report: () => reporter.report(),
      repair: (repairs) => trial.transactions.repair(repairs),
      tell: async (_, events) => {
        told.push(...events.map((event) => ({ ...event, at: performance.now() })));
        telling.emit('more');
        return true;
      },
    });
    const keeper = new AddressKeeper({
      ...{ clients, kernel: live, planner, turn, log },
      configInForce: () => trial.transactions.configInForce(),
      changing,
      management: () => null,
      settled: () => drift.look(),
    });
    live.start();
    await trial.transactions.resume();
    keeper.wake();
    return new HostForTests({
      stateDirectory,
      resolvConf,
      clients,
      kernel,
      live,
      keeper,
      drift,
      trial,
      said,
      reporter,
      told,
      telling,
    });
  }

  /** Changes the host. @returns how that ended */
  async change(config: HostConfig, check = false): Promise<Ended> {
    const transaction = `t${process.hrtime.bigint()}-${this.#count++}`;
    const request = applyRequest({ transaction, config, checkConnectivity: check, confirmTimeout: 60_000 });
    const accepted = await this.parts.trial.transactions.apply(request);
    assert.ok(accepted.accepted, JSON.stringify(accepted));
    await this.parts.trial.transactions.idle();
    this.parts.keeper.wake();
    const { ended } = await this.parts.trial.transactions.outcome(transaction);
    assert.ok(ended);
    return ended;
  }

  /** Brings the host to a config, and shows that then there is nothing left to do. */
  async apply(config: HostConfig): Promise<void> {
    const ended = await this.change(config);
    assert.equal(ended.outcome, 'committed', JSON.stringify(ended));
  }

  /** The state as soon as it is as described. */
  async until(what: string, is: (state: KernelState) => boolean): Promise<KernelState> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const state = await this.kernel.observe();
      if (is(state)) return state;
      const clues = [...this.parts.said.slice(-5), ...this.clues()];
      assert.ok(Date.now() < end, `never ${what}: ${clues.join('\n')}\n${shown(state)}`);
      await this.parts.live.settle(250);
    }
  }

  /** The same, and with nothing left to follow from it. */
  async settled(what: string, is: (state: KernelState) => boolean = () => true): Promise<KernelState> {
    const config = await this.parts.trial.transactions.configInForce();
    return this.until(`${what}, with all that follows`, (state) => {
      const planned = planFor(state, config);
      return is(state) && planned.ok && planned.value.ops.length === 0;
    });
  }

  /** Leases of these families on a device, with all that follows. */
  bound(device: string, ...families: (4 | 6)[]): Promise<KernelState> {
    return this.settled(`a lease on ${device}`, (state) =>
      families.every((family) => {
        const lease = state.dhcp.find((one) => one.device === device && one.family === family);
        const held = linkOf(state, device).addresses.find(
          ({ address, prefix }) => `${address}/${prefix}` === lease?.address,
        );
        return lease?.state === 'bound' && held?.tentative === false;
      }),
    );
  }

  /** Resolves when an engine was told of everything that has happened until now. */
  async caughtUp(): Promise<void> {
    this.parts.drift.look();
    await this.parts.drift.settled();
  }

  /** The same, and forgets it: what is told from now on is of what happens from now on. */
  async hush(): Promise<void> {
    await this.caughtUp();
    this.parts.told.length = 0;
  }

  /** How the host is not as it was asked for, as an engine would read it: `device property: actual, not wanted`. */
  async differences(): Promise<string[]> {
    const text = ({ device, property, actual, wanted }: Difference) =>
      `${device} ${property}: ${actual}, not ${wanted}`;
    for (;;) {
      const { drift } = await this.parts.reporter.report();
      if (drift !== undefined) return drift.differences.map(text).sort();
      // One that is made during a repair, or an attempt at one, does not say.
      await this.caughtUp();
    }
  }

  /** The first event of these words that an engine is told, as soon as it is. */
  async tells(kind: HostEvent['kind'], device: string, is: (event: Told) => boolean = () => true): Promise<Told> {
    const { told, telling } = this.parts;
    const signal = AbortSignal.timeout(PATIENCE);
    for (;;) {
      const found = told.find((event) => event.kind === kind && event.device === device && is(event));
      if (found !== undefined) return found;
      await once(telling, 'more', { signal }).catch(() =>
        assert.fail(`${kind} of ${device} was not told: ${words(told)}`),
      );
    }
  }

  /** Ends the agent and nothing else. */
  stop(): void {
    this.parts.keeper.close();
    this.parts.drift.close();
    this.parts.live.close();
  }

  /** Ends the agent and every client. */
  async quiet(): Promise<void> {
    const { clients, keeper, drift, trial } = this.parts;
    // First the keeper, or it would start the clients again.
    keeper.close();
    drift.close();
    // A repair that has begun comes to its end, as no other is to find its journal away; what it would call for does not begin.
    await drift.settled();
    if (trial.transactions.awaiting() === null) await trial.transactions.idle();
    this.stop();
    // Whatever the keeper had begun has ended when it is this one's turn.
    await trial.parts.turn(async () => {
      for (const { device, network, family } of clients.current()) await clients.stop(device, network, family);
    });
  }

  /** Removes what it kept. */
  remove(): void {
    rmSync(this.parts.stateDirectory, { recursive: true, force: true });
  }
}

const words = (told: readonly Told[]): string =>
  told.map(({ kind, device, before, after }) => `${kind} ${device}: ${before} > ${after}`).join('; ');

export function linkOf(state: KernelState, name: string): LinkReport {
  const found = state.links.find((link) => link.name === name);
  assert.ok(found, `${name} is missing`);
  return found;
}

function shown({ links, routes, rules, dhcp }: KernelState): string {
  const ours = links.filter(({ alias }) => alias?.startsWith('patchbay:'));
  const those = ours.map(({ name, addresses, sysctls, routers, alias }) => ({
    name,
    addresses,
    sysctls,
    routers,
    alias,
  }));
  const list = (items: readonly object[]) => items.map((item) => JSON.stringify(item)).join('\n');
  return [
    list(those),
    list(routes.filter(({ protocol }) => protocol !== 'boot')),
    list(rules.filter(({ priority }) => priority === 3200)),
    list(dhcp),
  ].join('\n');
}
