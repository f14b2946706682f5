/**
 * The guard's mind. It holds one transaction and the lifelines to agents. While an agent lives it only watches the clock; when
 * the agent is gone it does what the journal's state asks. Everything that it has to know is in
 * the journal, so a guard that is started again goes on with the time that is left.
 */
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AgentProblem } from '@patchbay/protocol';
import { DiskHangs } from '../persist/bounded-disk.ts';
import { holderOf } from '../persist/claim.ts';
import { hasEnded, type Journal, type TransactionState } from '../persist/journal.ts';
import { isAlive, kill } from '../persist/process-id.ts';
import { at } from '../transaction/boot-clock.ts';
import type { Restorer } from '../transaction/parts.ts';
import { revert, Unrecorded } from '../transaction/revert.ts';
import { unwritten } from '../transaction/unwritten.ts';
import { GUARD_GRACE, longestTakingBack, revertBudget } from './budgets.ts';
import { openDoor } from './door.ts';
import { listen, say, type ToGuard } from './lines.ts';
import { type Watchdog, watchHost } from './watchdog.ts';

/** Milliseconds between two looks at an agent that holds no lifeline: the end of a process that is no child cannot be awaited. */
const LOOK_AGAIN = 50;
/** Milliseconds until what did not succeed is tried again: a disk may have been full, and nobody else takes the change back. */
const TRY_AGAIN = 2_000;

export class Guard {
  readonly #parts: Restorer;
  readonly #journal: Journal;
  readonly #lifelines = new Set<Duplex>();
  readonly #over: () => void;
  /** Resolves when there is nothing left to guard. */
  readonly ended: Promise<void>;
  #door: Server | null = null;
  #cancel: () => void = () => {};
  #watchdog: Watchdog | null = null;
  #patrol: NodeJS.Timeout | undefined;
  #lastResort: NodeJS.Timeout | undefined;
  /** Whether the change is to be kept, as its agent has said. */
  #kept = false;
  readonly #again = new Set<NodeJS.Timeout>();
  /** What is still to be done of a taking back. */
  #work = (problem: AgentProblem) => revert(this.#parts, this.#journal, problem);
  /** Messages, deaths and times that are up are dealt with one after the other. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(parts: Restorer, journal: Journal) {
    this.#parts = parts;
    this.#journal = journal;
    let over = (): void => {};
    this.ended = new Promise((resolve) => {
      over = resolve;
    });
    this.#over = over;
  }

  /** Has found the journal whole and waits for its agent in the transaction's folder, which becomes the working directory. */
  static async start(parts: Restorer, journal: Journal): Promise<Guard> {
    const guard = new Guard(parts, journal);
    parts.checkpoints.begin();
    // Now, because before the first change it is early enough.
    if (!(await journal.isWhole())) throw new Error(`The journal of ${journal.id} is not whole.`);
    // A journal from before there were any has none.
    const { until, deadline, watchdog = null } = journal.record;
    if (watchdog !== null) guard.#watchdog = watchHost(watchdog);
    if (deadline !== null) guard.#watch(deadline + GUARD_GRACE);
    else if (until !== null) guard.#watch(until);
    guard.#watchAgent();
    await guard.#readAhead();
    const unopened = unwritten(parts.log, 'where the next agent reaches its guard');
    guard.#door = await openDoor(journal.folder, (lifeline) => guard.serve(lifeline)).catch((error: unknown) => {
      unopened(error);
      return null;
    });
    return guard;
  }

  /**
   * Serves the agent whose change is about to begin, which waits for the answer. The journal was read a moment ago, so it is not asked again.
   * @param until as in `arm` of {@link ToGuard}
   */
  take(lifeline: Duplex, until: number): void {
    this.#next(async () => this.#answer(lifeline, until, this.#journal.record.mark));
    this.serve(lifeline);
  }

  /** Serves an agent. */
  serve(lifeline: Duplex): void {
    const hear = (said: ToGuard): void => {
      // At once: whatever is under way may be about to take the change back.
      if (said.do === 'keep') this.#kept = true;
      this.#next(() => this.#hear(lifeline, said));
    };
    listen<ToGuard>(lifeline, hear, () =>
      this.#next(async () => {
        // Apart from what follows: that may have to be tried again, and a lifeline is lost once.
        if (this.#lifelines.delete(lifeline)) this.#next(() => this.#orphaned());
      }),
    );
  }

  #next(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      this.#parts.log('error', 'guard', { reason: String(error) });
      const again = setTimeout(() => {
        this.#again.delete(again);
        this.#next(work);
      }, TRY_AGAIN);
      this.#again.add(again);
    });
  }

  async #hear(lifeline: Duplex, message: ToGuard): Promise<void> {
    switch (message.do) {
      case 'arm': {
        const state = await this.#state();
        if (state === null) throw new DiskHangs('The disk does not say whether an agent may take the change over.');
        return this.#answer(lifeline, message.until, state);
      }
      case 'watch':
        return this.#watch(message.until);
      case 'keep':
        return this.#cancel();
      case 'disarm':
        return this.#end();
    }
  }

  #answer(lifeline: Duplex, until: number, state: TransactionState): void {
    const armed = state === 'PREPARED' || state === 'AWAITING';
    if (armed) {
      this.#lifelines.add(lifeline);
      this.#watch(until);
    }
    say(lifeline, { armed });
  }

  /** What a revert needs, so that it is in memory: the disk may hang when that is wanted. */
  async #readAhead(): Promise<void> {
    const { documents, log } = this.#parts;
    const parts = [this.#journal.readAhead(), documents.committed(), documents.macs()];
    await Promise.all(parts).catch((error: unknown) => {
      log('error', 'not read ahead', { transaction: this.#journal.id, reason: String(error) });
    });
  }

  /** Where the journal stands; null while the disk hangs and does not say. */
  async #state(): Promise<TransactionState | null> {
    try {
      await this.#journal.reload();
      return await this.#journal.state();
    } catch (error) {
      if (error instanceof DiskHangs) return null;
      throw error;
    }
  }

  #watch(until: number): void {
    this.#cancel();
    this.#cancel = at(until, () => this.#next(() => this.#overdue()));
  }

  /** Looks after an agent that is not, or not yet, connected. */
  #watchAgent(): void {
    this.#patrol = setTimeout(() => this.#next(() => this.#lookForAgent()), LOOK_AGAIN);
  }

  async #lookForAgent(): Promise<void> {
    if (this.#lifelines.size > 0) return;
    if (await this.#isOver()) return this.#end();
    if (isAlive(this.#journal.record.agent)) this.#watchAgent();
    else await this.#orphaned();
  }

  async #isOver(): Promise<boolean> {
    const state = await this.#state();
    return state !== null && (hasEnded(state) || !(await this.#journal.exists()));
  }

  /** No agent is left, unless another one has come meanwhile. */
  async #orphaned(): Promise<void> {
    if (this.#lifelines.size > 0) return;
    if (await this.#isOver()) return this.#end();
    const state = await this.#state();
    this.#parts.log('warn', 'agent gone', { transaction: this.#journal.id, state });
    const { deadline } = this.#journal.record;
    if (state === 'AWAITING' && deadline !== null) return this.#watch(deadline);
    if (this.#isToBeTakenBack(state)) {
      await this.#takeBack({
        code: 'ERR_INTERRUPTED',
        message: 'The agent ended during the transaction, so its guard took the change back.',
      });
    }
    // Else nothing was done yet, or the decision to keep it is on disk: the next agent finishes that.
    this.#end();
  }

  /** The time is over, and whoever should have acted did not. */
  async #overdue(): Promise<void> {
    if (await this.#isOver()) return this.#end();
    const state = await this.#state();
    if (state !== 'AWAITING' && !this.#isToBeTakenBack(state)) return;
    const { agent } = this.#journal.record;
    // An agent that is stuck must not wake up in the middle of the revert.
    if (isAlive(agent)) {
      this.#parts.log('error', 'agent is stuck', { transaction: this.#journal.id, state, pid: agent.pid });
      kill(agent);
    }
    await this.#takeBack(
      state === 'AWAITING'
        ? { code: 'ERR_LOST_CONNECTION', message: 'No engine confirmed the change in time, so its guard took it back.' }
        : { code: 'ERR_INTERRUPTED', message: 'The agent did not finish in time, so its guard took the change back.' },
    );
    this.#end();
  }

  /** Of a disk that hangs it is the change that has cut it off, so it has begun; unless it was decided that it is kept. */
  #isToBeTakenBack(state: TransactionState | null): boolean {
    if (state === null) return !this.#kept;
    return state === 'APPLYING' || state === 'APPLIED' || state === 'REVERTING';
  }

  /** Until the revert is done, by this process or by an agent that came back; whoever dies over it is followed. */
  async #takeBack(problem: AgentProblem): Promise<void> {
    this.#cancel();
    this.#lastResort ??= setTimeout(() => this.#giveUp(), longestTakingBack(this.#journal.record));
    for (let waited = 0; ; waited += LOOK_AGAIN) {
      const end = await this.#work(problem).catch((error: unknown) => {
        if (error instanceof Unrecorded) {
          // The host is back: only the journal is to be tried again.
          clearTimeout(this.#lastResort);
          this.#work = error.again;
        }
        throw error;
      });
      if (end !== 'elsewhere') {
        this.#parts.log('warn', 'taken back', { transaction: this.#journal.id, end });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
      if (await this.#isOver()) break;
      const holder = await holderOf(this.#parts.disk, this.#journal.folder);
      if (waited > revertBudget(this.#journal.record) && holder !== null) kill(holder);
    }
    this.#parts.checkpoints.end();
  }

  /** Something holds up whoever takes the change back, such as a kernel that does not answer: only a restart is left. */
  #giveUp(): void {
    const { id, record } = this.#journal;
    this.#parts.log('error', 'the change cannot be taken back', { transaction: id, restart: record.rescueReboot });
    this.#watchdog?.starve();
    if (!record.rescueReboot) return;
    this.#parts.reboot().catch((error: unknown) => {
      this.#parts.log('error', 'the host cannot be restarted', { reason: String(error) });
    });
  }

  #end(): void {
    this.#cancel();
    clearTimeout(this.#lastResort);
    clearTimeout(this.#patrol);
    for (const again of this.#again) clearTimeout(again);
    this.#watchdog?.close();
    this.#watchdog = null;
    this.#door?.close();
    for (const lifeline of this.#lifelines) lifeline.destroy();
    this.#over();
  }
}
