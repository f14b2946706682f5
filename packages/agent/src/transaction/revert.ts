/** Takes a transaction back: convergence to its snapshot, verified, by one process at a time. */
import type { AgentProblem, Plan } from '@patchbay/protocol';
import { mustBeDone } from '../dhcp/following.ts';
import { isForOthers } from '../execute/runs.ts';
import { revertBudget } from '../guard/budgets.ts';
import type { KernelState } from '../kernel.ts';
import { looked } from '../observe/ethtool.ts';
import { DiskHangs } from '../persist/bounded-disk.ts';
import { holderOf, takeClaim } from '../persist/claim.ts';
import type { Decision, Journal } from '../persist/journal.ts';
import type { KeptFile } from '../persist/kept-files.ts';
import { touchedPart } from '../plan/touched-part.ts';
import { bootTime } from './boot-clock.ts';
import { converge } from './converge.ts';
import type { Restorer } from './parts.ts';
import { patiently } from './patiently.ts';
import { managementOnly } from './rescue.ts';
import { unwritten } from './unwritten.ts';
import { checkWay } from './way.ts';

/**
 * Decides for revert, unless the commit was decided before, and carries it out, also where neither can be written down.
 * @param atWork called when this process has what it needs of the disk, and begins
 * @throws {Unrecorded} when the host is back, but the journal does not say so yet; any other error when it may be repeated
 * @returns how it ended; `confirmed` when the transaction may only be committed any more; `elsewhere` while another living
 *   process is doing it
 */
export async function revert(
  parts: Restorer,
  journal: Journal,
  problem: AgentProblem,
  atWork: () => void = () => {},
): Promise<End | 'confirmed' | 'elsewhere'> {
  const decision: Decision = { way: 'revert', problem };
  let decided = true;
  const { way } = await journal.decide(decision).catch((error: unknown) => {
    unwritten(parts.log, 'the decision to take the change back')(error);
    decided = false;
    return journal.hold(decision);
  });
  if (way === 'commit') return 'confirmed';
  await parts.checkpoints.reach('REVERTING');
  // A disk that hangs does not say who else was at it, and whoever lives waits for it.
  const begun = await inTime(holderOf(parts.disk, journal.folder), null);
  const noClaim = unwritten(parts.log, 'who takes the change back');
  if (!(await inTime(takeClaim(parts.disk, journal.folder, parts.self, noClaim), true))) return 'elsewhere';
  // Whoever had the claim before may have come to the end.
  await inTime(journal.reload(), undefined);
  const { mark } = journal.record;
  if (mark === 'REVERTED' || mark === 'REVERT_FAILED') return mark;
  atWork();
  await parts.endStrays();
  const ladder = new Ladder(parts, journal);
  const { end, failure, unreachable } = await ladder.climb(begun !== null);
  // Before its end is written down, which may fail, or be all that whoever dies here leaves behind: a restart takes the change
  // back as well, and the next start closes its journal.
  if (unreachable && journal.record.rescueReboot) await restart(parts, journal, failure);
  const record = async (): Promise<End> => {
    try {
      await ladder.putBackOwed();
      if (!decided) await journal.decide(decision);
      await journal.mark(end, { failure });
    } catch (error) {
      throw new Unrecorded(String(error), record);
    }
    await parts.checkpoints.reach(end);
    // Told when the revert is on disk as done: it waits for nobody's program.
    await parts.keepClaims(await parts.documents.committed());
    return end;
  };
  return record();
}

/** How a revert ends. */
export type End = 'REVERTED' | 'REVERT_FAILED';

/** A revert is done, and that, or a file that belongs to it, could not be written down. */
export class Unrecorded extends Error {
  /** Writes it down, and does nothing else to the host: other hands may have changed that since. */
  readonly again: () => Promise<End>;

  constructor(message: string, again: () => Promise<End>) {
    super(message);
    this.again = again;
  }
}

async function restart(parts: Restorer, journal: Journal, failure: string | null): Promise<void> {
  parts.log('error', 'restarting the host, which cannot be reached', { transaction: journal.id, reason: failure });
  await journal.mark(journal.record.mark, { failure }).catch(unwritten(parts.log, 'why the host is restarted'));
  await parts.reboot().catch((error: unknown) => {
    parts.log('error', 'the host cannot be restarted', { reason: String(error) });
  });
}

/** @param otherwise what is taken for granted while the disk hangs */
async function inTime<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DiskHangs) return otherwise;
    throw error;
  }
}

interface Rung {
  name: string;
  plan(state: KernelState): Pick<Plan, 'ops'>;
  files: readonly KeptFile[];
}

/** Where a revert has arrived. `unreachable`: no rung has brought the way to the engine back. */
interface Arrival {
  end: End;
  failure: string | null;
  unreachable: boolean;
}

class Ladder {
  readonly #parts: Restorer;
  readonly #journal: Journal;
  /** A host that is short of memory or processes for a moment has refused nothing. Milliseconds on the boot-time clock. */
  readonly #until: number;
  /** What could not be put back beside the kernel, and keeps no way back from its end. */
  readonly #left = new Set<string>();
  /** Files that are not as they were yet: a disk that hangs may need the network first. */
  #owed: readonly KeptFile[] = [];

  constructor(parts: Restorer, journal: Journal) {
    this.#parts = parts;
    this.#journal = journal;
    this.#until = bootTime() + revertBudget(journal.record);
  }

  /** @param begun somebody has begun to take the change back before, so that what differs now may be half of that */
  async climb(begun: boolean): Promise<Arrival> {
    const { state: snapshot, files } = await this.#journal.snapshot();
    const { management } = this.#journal.record;
    const { planner, documents } = this.#parts;
    // Where the plan cannot be read, anything may have been touched.
    const change = begun ? null : await this.#journal.plan().catch(() => null);
    let goal = change === null ? snapshot : null;
    // What the steps back have done is no other hand's doing: so it is settled once where they lead.
    const goalOf = (state: KernelState): KernelState => {
      goal ??= touchedPart(state, snapshot, change?.ops ?? []);
      return goal;
    };
    const first: Rung = {
      name: 'snapshot',
      plan: (state) => planner.restore(state, goalOf(state), management),
      files,
    };
    const [committed, macs] = [await documents.committed(), await documents.macs()];
    const others: Rung[] = [
      {
        name: 'committed config',
        plan: (state) => {
          const planned = planner.forward(state, committed, management, macs);
          if (!planned.ok) throw new Error(planned.problem.message);
          return { ops: mustBeDone(state, committed, planned.value.ops) };
        },
        files: [],
      },
      {
        name: 'management path',
        plan: (state) => planner.restore(state, managementOnly(state, snapshot, management), management),
        files: [],
      },
    ];

    const different = await this.#reach(first, snapshot);
    let cutOff = different === null ? await this.#check(snapshot) : null;
    if (different === null && cutOff === null) return this.#arrived('REVERTED', [], false);
    const failures = [this.#failed(first, different ?? cutOff ?? '')];

    for (const rung of others) {
      // Where a step down changes nothing, it cannot help.
      if (cutOff !== null && (await this.#stands(rung))) continue;
      const missed = await this.#reach(rung, snapshot);
      const wrong = missed ?? (await this.#check(snapshot));
      if (wrong === null) {
        failures.push(`The host was brought back to its ${rung.name} instead.`);
        return this.#arrived('REVERT_FAILED', failures, false);
      }
      if (missed === null) cutOff = wrong;
      failures.push(this.#failed(rung, wrong));
    }
    // Nothing here helps against a cable that was pulled or a switch that died: then the host is whole as it was.
    if (different === null && (await this.#reach(first, snapshot)) === null) {
      return this.#arrived('REVERTED', cutOff === null ? [] : [cutOff], true);
    }
    return this.#arrived('REVERT_FAILED', failures, true);
  }

  #arrived(end: Arrival['end'], failures: readonly string[], unreachable: boolean): Arrival {
    const left = [...this.#left].map((reason) => `Not put back: ${reason}`);
    const failure = [...failures, ...left].join(' ');
    return { end, failure: failure === '' ? null : failure, unreachable };
  }

  /** @returns null when the kernel is as the rung says */
  async #reach(rung: Rung, snapshot: KernelState): Promise<string | null> {
    // What an earlier rung has left is not this one's.
    this.#left.clear();
    try {
      // Before, for what is started takes its identity from them; and after, for a step may have written one anew.
      await this.#putBack(rung.files);
      const reach = () => this.#parts.checkpoints.reach(`revert ${rung.name} run`);
      const { kernel } = this.#parts;
      const converged = await converge(kernel, (state) => rung.plan(state), reach, looked(snapshot), this.#until);
      if (!converged.ok) return converged.message;
      if (converged.complaint !== null) this.#leave(converged.complaint);
      await this.#putBack(rung.files);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** @throws {DiskHangs} while the disk does not take them */
  async putBackOwed(): Promise<void> {
    await this.#putBack(this.#owed);
    if (this.#owed.length > 0) throw new DiskHangs('Files are not as before the change yet.');
  }

  async #putBack(files: readonly KeptFile[]): Promise<void> {
    if (files.length === 0) return;
    this.#owed = [];
    try {
      await this.#parts.files.putBack(files);
    } catch (error) {
      if (!(error instanceof DiskHangs)) return this.#leave(error instanceof Error ? error.message : String(error));
      unwritten(this.#parts.log, 'the files of before the change')(error);
      this.#owed = files;
    }
  }

  #leave(reason: string): void {
    this.#parts.log('error', 'not put back', { transaction: this.#journal.id, reason });
    this.#left.add(reason);
  }

  async #stands(rung: Rung): Promise<boolean> {
    try {
      return rung.plan(await this.#parts.kernel.observe()).ops.every(isForOthers);
    } catch {
      return false;
    }
  }

  #check(snapshot: KernelState): Promise<string | null> {
    return patiently(this.#until, () => checkWay(this.#parts, snapshot, this.#journal.record.way));
  }

  #failed(rung: Rung, reason: string): string {
    this.#parts.log('error', 'revert rung failed', { transaction: this.#journal.id, rung: rung.name, reason });
    return `Not back to the ${rung.name}: ${reason}`;
  }
}
