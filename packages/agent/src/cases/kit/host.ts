/**
 * A host for cases on a real kernel: six nics, each with its other end in a namespace `far`, and the whole way of a change
 * through transaction, planner, rehearsal and executor. What must hold whatever the case is about is asserted with every change.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  type AgentProblem,
  emptyHostConfig,
  type HostConfig,
  type KernelOp,
  type LinkReport,
} from '@patchbay/protocol';
import { IpBatch } from '../../execute/ip-batch.ts';
import { kernelAlone } from '../../execute/kernel-alone.ts';
import type { LinuxKernel } from '../../execute/linux-kernel.ts';
import { essence } from '../../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../../kernel.ts';
import { agentHandlers } from '../../link/handlers.ts';
import { closerLook, ethtoolOf } from '../../observe/ethtool.ts';
import type { Offers } from '../../observe/offers.ts';
import { planFor } from '../../plan/plan-for.ts';
import { rehearse } from '../../rehearse/rehearse.ts';
import { bootRestore } from '../../transaction/boot-restore.ts';
import { openTrial, type Trial } from '../../transaction/testing.ts';
import type { KernelEvent, Watch } from './watch.ts';

export const NICS = ['nic1', 'nic2', 'nic3', 'nic4', 'nic5', 'nic6'];
export const macOf = (nic: string) => `02:00:00:00:10:0${nic.at(-1)}`;
/** The other end of a nic's cable, in the namespace `far`. */
export const farOf = (nic: string) => `far${nic.at(-1)}`;

export interface Reached {
  state: KernelState;
  /** What the kernel told on the way. */
  events: KernelEvent[];
}

export class CaseHost {
  readonly #watch: Watch;
  readonly #offers: Offers;
  readonly #kernel: LinuxKernel;
  #directory = '';
  #trial: Trial | null = null;
  #config: HostConfig = emptyHostConfig;
  #management: string | null = null;
  #changes = 0;
  #start: KernelState | null = null;
  #settings: unknown = null;
  #ip: IpBatch | null = null;
  #far: IpBatch | null = null;
  readonly #undo: (() => Promise<void>)[] = [];
  #forgone: (start: KernelState) => KernelState = (start) => start;

  constructor(watch: Watch, offers: Offers) {
    this.#watch = watch;
    this.#offers = offers;
    this.#kernel = kernelAlone({ offers: () => this.#offers });
  }

  /** Fresh stores, and a look at the kernel as it is. */
  async open(): Promise<void> {
    this.#directory = await mkdtemp('/tmp/case-');
    this.#trial = await openTrial(this.#directory, this.#kernel, {
      rehearse: (before, ops) => rehearse(before, ops, {}),
      management: () => this.#management,
    });
    await this.#remember();
  }

  get start(): KernelState {
    assert.ok(this.#start);
    return this.#start;
  }

  get offers(): Offers {
    return this.#offers;
  }

  observe(): Promise<KernelState> {
    return this.#kernel.observe();
  }

  /** Address by which the engine is said to be reached. */
  managedBy(address: string): void {
    this.#management = address;
  }

  /** Another hand at the kernel, by lines of `ip`. */
  async ip(...lines: string[]): Promise<void> {
    this.#ip = await run(this.#ip, lines, []);
  }

  /** The same at the other end of the cables. */
  async far(...lines: string[]): Promise<void> {
    this.#far = await run(this.#far, lines, ['ip', 'netns', 'exec', 'far']);
  }

  /** What another hand had made before the case begins, and shall find again when it is over. */
  async foreign(lines: string[], undo: string[]): Promise<void> {
    await this.ip(...lines);
    this.#undo.push(() => this.ip(...undo));
    await this.#remember();
  }

  /** What the case takes for good, and why it may. */
  forgo(_why: string, change: (start: KernelState) => KernelState): void {
    const before = this.#forgone;
    this.#forgone = (start) => change(before(start));
  }

  /** Done when the case is over; when it has failed, its nics are made anew. */
  afterwards(work: () => Promise<void>): void {
    this.#undo.push(work);
  }

  /** Steps to a config from the kernel as it is. */
  async plan(config: HostConfig): Promise<KernelOp[]> {
    return (await this.planned(config)).ops;
  }

  async planned(config: HostConfig) {
    const state = await this.#kernel.observe(closerLook(ethtoolOf(config)));
    const plan = planFor(state, config, this.#management);
    assert.ok(plan.ok, JSON.stringify(plan));
    return plan.value;
  }

  /**
   * Makes the change, and asserts what every change is held to: nothing is left to do; the same again does nothing; the
   * stores say the same as the kernel; who is not named has not felt it.
   * @param felt devices beside those of the config that may feel it
   */
  async reach(config: HostConfig, felt: readonly string[] = []): Promise<Reached> {
    const before = await this.observe();
    await this.#watch.calm();
    await this.#watch.take();
    const ended = await this.#apply(config);
    assert.deepEqual([ended.outcome, ended.problem], ['committed', null]);
    const state = await this.settled();
    await this.#watch.calm();
    const events = await this.#watch.take();
    const named = namedBy(before, state, [this.#config, config]);
    const strangers = events.filter(({ device }) => device !== null && device !== 'lo' && !named.has(device));
    assert.deepEqual(
      strangers.filter(({ device }) => !felt.includes(device ?? '')),
      [],
      'U5: devices that are not named see nothing',
    );
    this.#config = config;
    assert.deepEqual(await this.plan(config), [], 'U1: nothing is left to do');
    const same = await this.#apply(config);
    assert.equal(same.changed, false, 'U2: the same again is no change');
    assert.deepEqual(await this.#watch.take(), [], 'U2: and nobody feels it');
    const { documents } = this.#parts();
    assert.deepEqual([await documents.running(), await documents.committed()], [config, config], 'U4: stores agree');
    return { state, events };
  }

  /** Brings the kernel there by planner and executor alone, and asserts that nothing is left to do. For tables of many. */
  async brought(config: HostConfig): Promise<KernelState> {
    const execution = await this.#kernel.execute(await this.plan(config));
    assert.ok(execution.ok, JSON.stringify([execution, config]));
    const state = await this.#kernel.observe();
    const left = planFor(state, config);
    assert.deepEqual(left.ok && left.value.ops, [], JSON.stringify(config));
    this.#config = config;
    return state;
  }

  /** Why the planner does not accept a config; null when it does. */
  async problem(config: HostConfig): Promise<AgentProblem | null> {
    const plan = planFor(this.start, config);
    return plan.ok ? null : plan.problem;
  }

  /** Loses everything that was made, as by a reboot, and has what is committed restored. */
  async boot(): Promise<KernelState> {
    const gone = await this.#kernel.execute(await this.plan(emptyHostConfig));
    assert.ok(gone.ok, JSON.stringify(gone));
    assert.equal(await bootRestore(this.#parts()), null);
    return this.settled();
  }

  /** Asks for what cannot be. @returns why, after the kernel was seen untouched */
  async refused(config: unknown): Promise<AgentProblem> {
    const before = await this.observe();
    await this.#watch.calm();
    await this.#watch.take();
    const ended = await this.#apply(config as HostConfig);
    assert.ok(ended.problem !== null, 'It was accepted.');
    assert.equal(ended.outcome, 'unchanged');
    assert.deepEqual(await this.#watch.take(), [], 'the kernel was not touched');
    assert.deepEqual(essence(await this.observe()), essence(before));
    return ended.problem;
  }

  /** Resolves when nothing is under way in the kernel: what has a carrier says so, and so do bonds of their slaves. */
  async settled(): Promise<KernelState> {
    for (const end = Date.now() + 20_000; ; ) {
      const state = await this.observe();
      const moving = state.links.filter((link) => isMoving(state, link)).map(({ name }) => name);
      if (moving.length === 0) return state;
      if (Date.now() > end) assert.fail(`${moving.join(', ')} did not settle.`);
      await this.#watch.next(1_000);
    }
  }

  /** Removes everything that the case has made, and asserts that all is as it was. */
  async finish(): Promise<void> {
    await this.reach(emptyHostConfig);
    const after = await this.settled();
    assert.deepEqual(essence(after), essence(this.#forgone(this.start)), 'U3: all is as it was');
    assert.deepEqual(settings(), this.#settings, 'U3: and so are the settings');
    assert.equal(after.rules.length, this.start.rules.length);
    for (const work of this.#undo.reverse()) await work();
  }

  async close(): Promise<void> {
    for (const batch of [this.#ip, this.#far]) await batch?.end();
    await rm(this.#directory, { recursive: true });
  }

  async #remember(): Promise<void> {
    this.#start = await this.settled();
    this.#settings = settings();
  }

  #parts(): Trial['parts'] {
    assert.ok(this.#trial);
    return this.#trial.parts;
  }

  async #apply(config: HostConfig) {
    assert.ok(this.#trial);
    const { transactions, parts } = this.#trial;
    this.#changes += 1;
    const transaction = `t${this.#changes}`;
    const handlers = agentHandlers({
      ...parts,
      transactions,
      report: () => Promise.reject(new Error('Nobody asks.')),
      statistics: () => assert.fail('Nobody asks.'),
      lldp: () => assert.fail('Nobody asks.'),
    });
    const { accepted, problem } = await handlers.apply({
      transaction,
      epoch: 1,
      config,
      nonceHash: '',
      checkConnectivity: false,
      confirmTimeout: 1,
      commit: true,
    });
    if (!accepted) return { outcome: problem?.outcome, problem, changed: false };
    await transactions.idle();
    const { ended } = await transactions.outcome(transaction);
    assert.ok(ended);
    return ended;
  }
}

async function run(batch: IpBatch | null, lines: readonly string[], within: readonly string[]): Promise<IpBatch> {
  const running = batch ?? new IpBatch([], {}, 20_000, within);
  assert.deepEqual(await running.run(lines), { ok: true }, lines.join('; '));
  return running;
}

/** What the configs name, and what that stands on. */
function namedBy(before: KernelState, after: KernelState, configs: readonly HostConfig[]): Set<string> {
  const named = new Set<string>();
  for (const { bonds, networks } of configs) {
    for (const [name, { slaves }] of Object.entries(bonds)) for (const one of [name, ...slaves]) named.add(one);
    for (const [name, { base, vlan, bridged }] of Object.entries(networks)) {
      if (bridged) named.add(name);
      if (base === null) continue;
      named.add(base);
      for (const { links } of [before, after]) {
        for (const link of links) {
          if (vlan !== null && link.base === base && link.vlan === vlan) named.add(link.name);
          if (link.kind === 'bond' && link.name === base) for (const slave of link.bond?.slaves ?? []) named.add(slave);
        }
      }
    }
  }
  // Slaves that leave a bond which is named.
  for (const { links } of [before, after]) {
    for (const { name, slave, master } of links) if (slave !== null && named.has(master ?? '')) named.add(name);
  }
  return named;
}

function isMoving(state: KernelState, link: LinkReport): boolean {
  if (!link.adminUp || link.kind === 'other') return false;
  const shown = link.operState;
  // A bridge that never lost a carrier has never said that it has one.
  const settled = link.carrier
    ? shown === 'UP' || (link.kind === 'bridge' && shown === 'UNKNOWN')
    : shown === 'DOWN' || shown === 'LOWERLAYERDOWN';
  if (!settled || isListening(state, link)) return true;
  if (link.addresses.some(({ tentative }) => tentative) && link.carrier) return true;
  if (link.bond === null) return false;
  const slaves = state.links.filter(({ master, slave }) => master === link.name && slave !== null);
  const carrying = slaves.filter(({ carrier }) => carrier);
  return slaves.some(({ carrier, slave }) => carrier !== slave?.miiUp) || carrying.length > 0 !== link.carrier;
}

/** A port of a spanning tree that does not forward yet. */
function isListening(state: KernelState, { name, master, carrier }: LinkReport): boolean {
  const bridge = state.links.find((one) => one.name === master)?.bridge;
  const forwards = () => readOrNothing(`/sys/class/net/${name}/brport/state`) === '3';
  return bridge?.stp === true && carrier && !forwards();
}

const FAMILIES = {
  ipv4: ['rp_filter', 'promote_secondaries'],
  ipv6: ['disable_ipv6', 'accept_ra', 'accept_ra_defrtr', 'autoconf'],
};

/** Settings of the nics, read by another way than the agent's. */
function settings(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const nic of NICS) {
    for (const [family, names] of Object.entries(FAMILIES)) {
      for (const name of names) {
        const path = `/proc/sys/net/${family}/conf/${nic}/${name}`;
        found[path] = readOrNothing(path);
      }
    }
  }
  return found;
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
