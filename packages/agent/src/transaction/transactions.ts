/** The one door to a change of this host: one transaction at a time, each id done once. */
import { createHash, randomUUID } from 'node:crypto';
import {
  type AgentProblem,
  type ApplyRequest,
  type HostConfig,
  type Patience,
  type Plan,
  Refusal,
} from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { closerLookFor } from '../observe/ethtool.ts';
import type { Counters } from '../persist/counters.ts';
import { stableText } from '../persist/documents.ts';
import { Journal } from '../persist/journal.ts';
import type { Ended } from '../persist/outcomes.ts';
import { commitConfig } from './commit-config.ts';
import { type Current, type Deferred, deferred, newCurrent } from './current.ts';
import type { Planner, TransactionParts } from './parts.ts';
import { planOf } from './plan-of.ts';
import { rehearsed } from './rehearsed.ts';
import { openJournals, resume } from './resume.ts';
import { arm, awaitConfirm, commit, giveUp, perform, prove, type Run, takeBack, timed, waitsForOthers } from './run.ts';
import { LONGEST_PATIENCE } from './verify.ts';
import { wayToEngine } from './way.ts';

export interface Acceptance {
  accepted: boolean;
  problem: AgentProblem | null;
  /** Absent when nothing will be waited for. */
  patience?: Patience;
}

export class Transactions {
  readonly #parts: TransactionParts;
  readonly #counters: Counters;
  readonly #announce: () => void;
  #current: Current | null = null;

  /** @param announce called when an outcome waits to be told to an engine */
  constructor(parts: TransactionParts, counters: Counters, announce: () => void) {
    this.#parts = parts;
    this.#counters = counters;
    this.#announce = announce;
  }

  /** Id of the transaction that runs, if any. */
  running(): string | null {
    return this.#current?.id ?? null;
  }

  /** Id of the transaction that waits for its confirm, if any. */
  awaiting(): string | null {
    return this.#current?.awaiting === true ? this.#current.id : null;
  }

  /** The config that holds now: a candidate from its first step until it is taken back, else the running one. */
  async configInForce(): Promise<HostConfig> {
    return this.#current?.run?.inForce ?? (await this.#parts.documents.running());
  }

  /** Resolves when no transaction runs any more. */
  async idle(): Promise<void> {
    await this.#current?.ended;
  }

  async outcome(transaction: string): Promise<{ state: 'unknown' | 'running' | 'ended'; ended: Ended | null }> {
    if (this.#current?.id === transaction) return { state: 'running', ended: null };
    const ended = await this.#parts.outcomes.of(transaction);
    return { state: ended === null ? 'unknown' : 'ended', ended };
  }

  /**
   * Starts a transaction, or says why not. Answers when the plan is known, before anything is done. Its end is announced; an id
   * that has ended is announced again.
   */
  async apply(request: ApplyRequest): Promise<Acceptance> {
    const hash = createHash('sha256')
      .update(stableText(contentOf(request)))
      .digest('hex');
    const running = await this.#afterRepairs();
    if (running !== null) {
      if (running.id === request.transaction) return accept(sameContent(request, running.hash === hash), running);
      return refuse('ERR_BUSY', `Transaction ${running.id} is still running on this host.`);
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(request.transaction)) {
      return refuse('ERR_BAD_PARAMS', 'A transaction id has 1-64 letters, digits, dots, underscores and dashes.');
    }
    const current = newCurrent(this.#parts, request.transaction, hash);
    this.#current = current;
    const refusal = await this.#look(request, hash).catch(unkept);
    if (refusal !== null) {
      this.#current = null;
      current.planned.resolve(null);
      return refusal;
    }
    current.ended = this.#finish(current, this.#run(current, request));
    return accept(ACCEPTED, current);
  }

  /**
   * Nobody is refused for the sake of what nobody has asked for: a repair is short, unless its end cannot be written down.
   * @returns what runs then
   */
  async #afterRepairs(): Promise<Current | null> {
    for (;;) {
      const running = this.#current;
      if (running === null || running.hash !== null) return running;
      const held = running.held.then(() => 'held');
      if ((await Promise.race([running.ended, held])) === 'held' && this.#current === running) return running;
    }
  }

  /**
   * Takes the steps that a planner finds on the way back to the config in force: as a transaction like any other, with a journal, a
   * guard and a verification by the same planner, of which no engine is told.
   * @returns how it ended; null while another transaction runs, or when nothing is to be done
   */
  async repair(planner: Planner): Promise<Ended | null> {
    if (this.#current !== null) return null;
    const id = `repair-${randomUUID()}`;
    const current = newCurrent(this.#parts, id, null, planner);
    this.#current = current;
    const ended = this.#repairRequest(id).then((request) => this.#run(current, request));
    current.ended = this.#finish(current, ended);
    await current.ended;
    const outcome = await ended.catch(() => null);
    return outcome?.changed === false && outcome.problem === null ? null : outcome;
  }

  /**
   * Finishes or reverts what journals of a former agent say. Resolves when the kernel holds a config that is decided or awaits its confirm,
   * also where that cannot be written down yet: then it is tried on, and until it succeeds nothing else begins.
   */
  async resume(): Promise<void> {
    const held = deferred<void>();
    const led = this.#lead(await openJournals(this.#parts), held);
    // Once it is held, nobody waits any more for what may go wrong after that.
    void held.promise.then(() => led).catch((error: unknown) => this.#brokeOff(error));
    await Promise.race([led, held.promise]);
    this.#announce();
  }

  /** @param held to be resolved when an end cannot be written down */
  async #lead(journals: readonly Journal[], held: Deferred<void>): Promise<void> {
    for (const journal of journals) {
      const current = newCurrent(this.#parts, journal.id, journal.record.request);
      void current.held.then(held.resolve);
      // Whoever asked for it knew.
      current.planned.resolve(null);
      // One that awaits its confirm stays: what is beside it has ended, and is only to be cleared away.
      this.#current ??= current;
      const led = resume(current.parts, journal);
      current.ended = led.then(
        () => {},
        () => {},
      );
      const run = await led.finally(() => this.#leave(current));
      if (run === null) continue;
      Object.assign(current, { run, awaiting: true });
      this.#current = current;
      current.ended = this.#finish(current, awaitConfirm(run));
    }
  }

  #leave(current: Current): void {
    if (this.#current !== current) return;
    this.#current = null;
    this.#announce();
  }

  /** Makes the running config the one that the next boot restores. @throws while a transaction runs */
  async commitRunning(): Promise<void> {
    if (this.#current !== null) {
      const message = `Transaction ${this.#current.id} is still running on this host.`;
      throw new Refusal({ code: 'ERR_BUSY', message, outcome: 'unchanged' });
    }
    await commitConfig(this.#parts, await this.#parts.documents.running());
  }

  async #repairRequest(transaction: string): Promise<ApplyRequest> {
    const config = await this.#parts.documents.running();
    return {
      ...{ transaction, epoch: await this.#counters.epoch(), config, nonceHash: '', confirmTimeout: 0 },
      ...{ checkConnectivity: false, commit: false, rehearse: false, force: true },
    };
  }

  /** @returns null when the transaction is new and may start, else the answer */
  async #look(request: ApplyRequest, hash: string): Promise<Acceptance | null> {
    const known = await this.#parts.outcomes.of(request.transaction);
    if (known !== null) {
      this.#parts.outcomes.tellAgain(request.transaction);
      this.#announce();
      return sameContent(request, known.request === hash);
    }
    const epoch = await this.#counters.epoch();
    if (request.epoch < epoch) {
      return refuse('ERR_EPOCH', `Epoch ${request.epoch} is over: an engine with epoch ${epoch} has this host.`);
    }
    if (request.epoch > epoch) await this.#counters.setEpoch(request.epoch);
    return null;
  }

  async #finish(current: Current, run: Promise<Ended>): Promise<void> {
    try {
      const { transaction, outcome, problem, timings } = await run;
      this.#parts.log(problem === null ? 'info' : 'warn', 'transaction ended', {
        transaction,
        outcome,
        problem,
        timings,
      });
    } catch (error) {
      // Before it had a journal, that is: one that is open is led to its end.
      this.#brokeOff(error);
    } finally {
      current.planned.resolve(null);
      this.#current = null;
      this.#announce();
    }
  }

  #brokeOff(error: unknown): void {
    this.#parts.log('error', 'transaction broke off', { reason: String(error) });
  }

  async #run(current: Current, request: ApplyRequest): Promise<Ended> {
    const timings: Record<string, number> = {};
    this.#parts.checkpoints.begin();
    // Nobody else may touch the kernel between the look that the plan rests on and the plan's last step.
    const begun = await this.#parts.turn(() => this.#begin(current, request, timings));
    if ('asAsked' in begun) return this.#nothingToDo(current, request, begun.asAsked, timings);
    if (!('run' in begun)) return this.#unchanged(current, timings, begun.problem);
    const { run, before, unarmed } = begun;
    if (unarmed !== null) return giveUp(run, unarmed);
    try {
      const problem = begun.problem ?? (await prove(run, before));
      if (problem !== null) return await this.#takeBack(current, run, problem);
      if (!request.checkConnectivity) return await commit(run);
      current.awaiting = true;
      return await awaitConfirm(run);
    } catch (error) {
      return this.#takeBack(current, run, { code: 'ERR_INTERNAL', message: String(error) });
    }
  }

  async #begin(current: Current, request: ApplyRequest, timings: Record<string, number>): Promise<Begun> {
    const prepared = await this.#prepare(current, request, timings).catch((error: unknown) => ({
      problem: { code: 'ERR_INTERNAL' as const, message: String(error) },
    }));
    if (!('run' in prepared)) return prepared;
    const { run, plan, before } = prepared;
    current.run = run;
    const unarmed = await timed(timings, 'arm', () => arm(run, plan));
    return { run, before, unarmed, problem: unarmed === null ? await perform(run, plan) : null };
  }

  async #prepare(current: Current, request: ApplyRequest, timings: Record<string, number>): Promise<Prepared> {
    const { parts } = current;
    const look = closerLookFor(request.config);
    const before = await timed(timings, 'observe', () => parts.live.observe(look));
    const management = parts.management();
    const planned = await timed(timings, 'plan', async () =>
      planOf(parts, before, await parts.documents.running(), request),
    );
    if (!planned.ok) return planned;
    const plan = planned.value;
    if (plan.ops.length === 0) return { asAsked: before };
    const confirmTimeout = Math.max(request.confirmTimeout, plan.settleTime);
    const others = 2 * waitsForOthers(plan);
    current.planned.resolve({
      ...(others === 0 ? {} : { others }),
      verify: LONGEST_PATIENCE,
      confirm: request.checkConnectivity ? confirmTimeout : 0,
    });
    if (request.rehearse !== false) {
      const problem = await timed(timings, 'rehearse', () => rehearsed(parts, before, plan));
      if (problem !== null) return { problem };
    }
    const journal = await timed(timings, 'prepare', async () => {
      const change = { running: await parts.documents.running(), config: request.config, plan };
      const way = await wayToEngine(parts.neighbours, before, parts.connection(), change);
      const snapshot = { state: before, files: await parts.files.read() };
      return Journal.create(parts.disk, parts.stateDirectory, request, snapshot, plan, {
        request: current.hash,
        bootId: parts.self.bootId,
        agent: parts.self,
        management,
        way,
        until: null,
        confirmTimeout,
        deadline: null,
        rescueReboot: parts.rescueReboot,
        watchdog: parts.watchdog,
        timings,
        failure: null,
      });
    });
    return { plan, before, run: { parts, journal, request, guard: null, inForce: null, proved: null, timings } };
  }

  async #takeBack(current: Current, run: Run, problem: AgentProblem): Promise<Ended> {
    current.awaiting = false;
    return takeBack(run, problem);
  }

  async #nothingToDo(
    current: Current,
    request: ApplyRequest,
    asAsked: KernelState,
    timings: Record<string, number>,
  ): Promise<Ended> {
    const { documents, outcomes, checkpoints } = this.#parts;
    await timed(timings, 'commit', async () => {
      await documents.setRunning(request.config);
      if (current.hash !== null) await documents.setLacking(null);
      if (request.commit) await commitConfig(this.#parts, request.config, asAsked);
    });
    const ended: Ended = { transaction: current.id, outcome: 'committed', problem: null, changed: false, timings };
    await outcomes.keep(ended, current.hash);
    checkpoints.end();
    return ended;
  }

  async #unchanged(current: Current, timings: Record<string, number>, problem: AgentProblem): Promise<Ended> {
    const ended: Ended = { transaction: current.id, outcome: 'unchanged', problem, changed: false, timings };
    await this.#parts.outcomes.keep(ended, current.hash);
    this.#parts.checkpoints.end();
    return ended;
  }
}

/** `asAsked`: the kernel, where nothing is to be done. */
type Prepared = { asAsked: KernelState } | { problem: AgentProblem } | { plan: Plan; before: KernelState; run: Run };
type Begun =
  | Exclude<Prepared, { run: Run }>
  /** @see perform for the problem */
  | { run: Run; before: KernelState; unarmed: string | null; problem: AgentProblem | null };

const ACCEPTED: Acceptance = { accepted: true, problem: null };

async function accept(acceptance: Acceptance, { planned }: Current): Promise<Acceptance> {
  const patience = acceptance.accepted ? await planned.promise : null;
  return patience === null ? acceptance : { ...acceptance, patience };
}

function refuse(code: AgentProblem['code'], message: string): Acceptance {
  return { accepted: false, problem: { code, message, outcome: 'unchanged' } };
}

/** Before there is a journal nothing was done, so a disk that is full or broken costs this change alone. */
function unkept(error: unknown): Acceptance {
  const message = `The change was not begun, for this host cannot keep count of it: ${String(error)}. Ask again when the disk with the agent's state has room and can be read and written.`;
  return refuse('ERR_INTERNAL', message);
}

/** What makes two requests the same one: an engine that took over may send it with its own epoch and nonce. */
function contentOf({ config, commit, checkConnectivity, force, handBack }: ApplyRequest): object {
  return { config, commit, checkConnectivity, force, handBack };
}

function sameContent(request: ApplyRequest, same: boolean): Acceptance {
  if (same) return ACCEPTED;
  return refuse('ERR_BAD_PARAMS', `Transaction ${request.transaction} was already used for another change.`);
}
