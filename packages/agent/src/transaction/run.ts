/** One transaction from its journal on, step by step. Every way out ends in an {@link Ended}. */
import {
  type AgentProblem,
  type ApplyRequest,
  type HostConfig,
  type KernelOp,
  MANAGER_PATIENCE,
  type Plan,
  VIRTUAL_FUNCTIONS_PATIENCE,
} from '@patchbay/protocol';
import { summarise } from '../execute/summarise.ts';
import { UDEV_PATIENCE } from '../execute/udev.ts';
import { APPLY_BUDGET, GUARD_GRACE, PER_STEP, revertBudget } from '../guard/budgets.ts';
import type { KernelState } from '../kernel.ts';
import { holderOf } from '../persist/claim.ts';
import { hasEnded, type Journal } from '../persist/journal.ts';
import type { Ended } from '../persist/outcomes.ts';
import { at, bootTime } from './boot-clock.ts';
import { commitConfig } from './commit-config.ts';
import { name } from './converge.ts';
import { Drift } from './drift.ts';
import { mayFlap } from './may-flap.ts';
import type { ArmedGuard, TransactionParts } from './parts.ts';
import { pause } from './pause.ts';
import { revert, Unrecorded } from './revert.ts';
import { verify } from './verify.ts';

/** Milliseconds from a first confirm to the asking for a second one, where one is not enough. */
const UNTIL_SECOND_CONFIRM = 1_000;

export interface Run {
  parts: TransactionParts;
  journal: Journal;
  request: ApplyRequest;
  guard: ArmedGuard | null;
  /** The config that this run has brought into force: from its first step until it is taken back. */
  inForce: HostConfig | null;
  /** The kernel when the change was proved; null before, and for an agent that has not proved it itself. */
  proved: KernelState | null;
  /** Milliseconds per phase. */
  timings: Record<string, number>;
}

/** Runs one phase and notes how long it took. */
export async function timed<T>(timings: Record<string, number>, phase: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    timings[phase] = Math.round((timings[phase] ?? 0) + performance.now() - start);
  }
}

/** PREPARED → ARMED. @returns why no guard could be had, and nothing may be done to the kernel; null when there is one */
export async function arm(run: Run, plan: Plan): Promise<string | null> {
  const { parts, journal } = run;
  await parts.checkpoints.reach('PREPARED');
  try {
    const drivers = plan.ops.filter(({ kind }) => kind === 'sriov.numvfs').length * VIRTUAL_FUNCTIONS_PATIENCE;
    const others = waitsForOthers(plan);
    const until = bootTime() + APPLY_BUDGET + plan.expectedOutage + plan.ops.length * PER_STEP + drivers + others;
    const latest = until + journal.record.confirmTimeout + GUARD_GRACE + revertBudget(journal.record);
    run.guard = await parts.guards.arm(journal, until, latest);
    await journal.mark('ARMED', { until });
  } catch (error) {
    return `No guard could be started, so nothing was changed: ${String(error)}`;
  }
  await parts.checkpoints.reach('ARMED');
  return null;
}

/** PREPARED → its end, without a step. @param failure as of {@link arm} */
export async function giveUp(run: Run, failure: string): Promise<Ended> {
  const { parts, journal } = run;
  await parts.insist('that nothing was changed', async () => {
    // A disk that was too full for a guard has what was kept for the end.
    await journal.useReserve();
    await journal.mark('PREPARED', { failure });
  });
  return conclude(run);
}

/** Milliseconds that other programs of the host may take for their part: managers that are told, and udev with new devices. */
export function waitsForOthers({ ops }: Plan): number {
  const told = ops.filter(({ kind }) => kind === 'manager.claim' || kind === 'manager.hand-back').length;
  return told * MANAGER_PATIENCE + (ops.some(({ kind }) => kind === 'link.add') ? UDEV_PATIENCE : 0);
}

/** ARMED → APPLYING, to the last step of the plan. @returns what went wrong */
export async function perform(run: Run, plan: Plan): Promise<AgentProblem | null> {
  run.inForce = run.request.config;
  try {
    await run.journal.mark('APPLYING');
    await run.parts.checkpoints.reach('APPLYING');
    return await timed(run.timings, 'execute', () => execute(run, plan));
  } catch (error) {
    return { code: 'ERR_INTERNAL', message: String(error) };
  }
}

/** APPLYING → APPLIED. @returns what went wrong, null when the kernel is as asked */
export async function prove(run: Run, before: KernelState): Promise<AgentProblem | null> {
  const { parts, journal, request, timings } = run;
  const verified = await timed(timings, 'verify', () =>
    verify(parts, before, request.config, journal.record.management),
  );
  if (verified.problem !== null) return verified.problem;
  run.proved = verified.state;
  await journal.mark('APPLIED', { timings });
  await parts.checkpoints.reach('APPLIED');
  return guardProblem(run);
}

async function execute(run: Run, plan: Plan): Promise<AgentProblem | null> {
  const execution = await run.parts.live
    .execute(plan.ops, async () => {
      await run.parts.checkpoints.reach('apply run');
      if (guardProblem(run) !== null) throw new Error('The guard is gone.');
    })
    .catch((error: unknown) => ({ ok: false as const, failed: null, message: String(error) }));
  if (execution.ok) return guardProblem(run);
  const lost = guardProblem(run);
  if (lost !== null) return lost;
  const step = execution.failed === null ? 'A step' : name(execution.failed);
  return { code: codeOf(execution.failed), message: `${step} failed: ${execution.message}` };
}

/** Steps that fail for a reason of their own say so. */
function codeOf(failed: KernelOp | null): AgentProblem['code'] {
  if (failed?.kind === 'sriov.numvfs') return 'UPDATE_NUM_VFS_FAILURE';
  return failed?.kind === 'manager.claim' ? 'ERR_MANAGER_CONFLICT' : 'ERR_STEP_FAILED';
}

function guardProblem({ guard }: Run): AgentProblem | null {
  if (guard !== null && !guard.lost.aborted) return null;
  return {
    code: 'ERR_INTERRUPTED',
    message: 'The guard process ended during the transaction, so the change was taken back.',
  };
}

/** APPLIED → AWAITING → the decision, which it leads to its end. Also entered by an agent that adopts a waiting transaction. */
export async function awaitConfirm(run: Run): Promise<Ended> {
  const { parts, journal, timings } = run;
  const { confirmTimeout } = journal.record;
  const deadline = journal.record.deadline ?? bootTime() + confirmTimeout;
  await journal.mark('AWAITING', { deadline, agent: parts.self });
  run.guard?.watch(deadline + GUARD_GRACE);
  await parts.checkpoints.reach('AWAITING');
  const drift = new Drift(parts, journal);
  const confirmed = await timed(timings, 'confirm', () => askUntil(run, deadline, drift));
  if (confirmed) return commit(run);
  return takeBack(
    run,
    guardProblem(run) ??
      drift.problem ?? {
        code: 'ERR_LOST_CONNECTION',
        message: `No engine confirmed the change within ${confirmTimeout} ms over a connection opened after it.`,
      },
  );
}

async function askUntil(run: Run, deadline: number, drift: Drift): Promise<boolean> {
  const { parts, journal, request, guard } = run;
  const late = new AbortController();
  const cancel = at(deadline, () => late.abort());
  const lost = guard === null ? [] : [guard.lost];
  const signal = AbortSignal.any([late.signal, drift.broken, ...lost]);
  const { nonceHash } = request;
  const question = { transaction: journal.id, nonceHash, northbound: journal.record.way?.northbound ?? null };
  drift.watch();
  try {
    const confirmed = await parts.confirm(question, signal);
    if (!confirmed || !(await mayFlap(parts.live, journal))) return confirmed && !drift.broken.aborted;
    await pause(UNTIL_SECOND_CONFIRM, signal);
    return (await parts.confirm(question, signal)) && !drift.broken.aborted;
  } finally {
    cancel();
    drift.close();
  }
}

/** CONFIRMED → COMMITTED. Safe to enter again after a crash at any point of it. */
export async function commit(run: Run): Promise<Ended> {
  const { parts, journal, request, proved, timings } = run;
  const decision = await journal.decide({ way: 'commit' });
  if (decision.way === 'revert') return takeBack(run, decision.problem);
  run.guard?.keep();
  run.inForce = request.config;
  await parts.checkpoints.reach('CONFIRMED');
  await parts.insist('the change that is kept', async () => {
    await timed(timings, 'commit', async () => {
      await parts.documents.setRunning(request.config);
      // What an engine asks for leaves nothing out; a repair leaves out what it is not allowed.
      if (journal.record.request !== null) await parts.documents.setLacking(null);
      await parts.checkpoints.reach('running written');
      if (request.commit) await commitConfig(parts, request.config, proved);
      await parts.checkpoints.reach('committed written');
    });
    await journal.mark('COMMITTED', { timings });
  });
  await parts.checkpoints.reach('COMMITTED');
  return conclude(run);
}

/** → REVERTING → REVERTED or REVERT_FAILED, unless the commit was decided before. */
export async function takeBack(run: Run, problem: AgentProblem): Promise<Ended> {
  const { parts, journal, timings } = run;
  const inBudget = () => bootTime() + revertBudget(journal.record);
  let until: number | null = null;
  const begin = () => {
    run.inForce = null;
    // Once for all tries: what does not succeed here may succeed in the hands of the guard.
    until ??= inBudget();
    const end = until;
    // Before it is at work, a disk that hangs may need the very network, and the guard waits for no disk.
    run.guard?.watch(Math.min(end, bootTime() + GUARD_GRACE));
    return revert(parts, journal, problem, () => run.guard?.watch(end));
  };
  let work = () => timed(timings, 'revert', () => parts.turn(begin));
  run.guard?.watch(inBudget());
  for (;;) {
    const end = await parts.insist('that the change was taken back', () =>
      work().catch((error: unknown) => {
        if (error instanceof Unrecorded) {
          // The host is back, so its guard may wait.
          run.guard?.watch(inBudget());
          work = error.again;
        }
        throw error;
      }),
    );
    if (end === 'confirmed') return commit(run);
    if (end !== 'elsewhere') return conclude(run);
    const other = await holderOf(parts.disk, journal.folder);
    if (other !== null) await parts.guards.gone(other, revertBudget(journal.record));
    await journal.reload();
    if (hasEnded(journal.record.mark)) return conclude(run);
  }
}

/** Keeps the outcome of an ended journal, lets the guard go and clears the journal away; safe to enter again. */
export async function conclude({
  parts,
  journal,
  guard,
  timings,
}: Pick<Run, 'parts' | 'journal' | 'guard' | 'timings'>): Promise<Ended> {
  const ended = await endOf(journal, timings);
  await parts.insist('how the change ended', async () => {
    await journal.useReserve();
    await parts.outcomes.keep(ended, journal.record.request);
    await parts.checkpoints.reach('outcome kept');
    guard?.disarm();
    await parts.checkpoints.reach('disarmed');
    await journal.remove();
  });
  parts.checkpoints.end();
  return ended;
}

/** Closes the journal of a transaction that a reboot has undone: nothing of it was where the boot reads. */
export async function closeAfterReboot(run: Run): Promise<Ended> {
  const decision = await run.journal.decide({
    way: 'revert',
    problem: {
      code: 'ERR_INTERRUPTED',
      message: 'The host was restarted before the change was confirmed, so it was taken back.',
    },
  });
  if (decision.way === 'commit') return commit(run);
  await run.journal.mark('REVERTED');
  return conclude(run);
}

function withMore(problem: AgentProblem | null, more: string | null): AgentProblem | null {
  return problem === null || more === null ? problem : { ...problem, message: `${problem.message} ${more}` };
}

async function endOf(journal: Journal, timings: Record<string, number>): Promise<Ended> {
  const { mark, failure } = journal.record;
  const common = { transaction: journal.id, changed: true, timings };
  if (mark === 'COMMITTED') {
    // What was done is told where it can be read; that it is done does not hang on it.
    const plan = await journal.plan().then(summarise, () => null);
    return { ...common, outcome: 'committed', problem: null, ...(plan === null ? {} : { plan }) };
  }
  const decision = await journal.decision();
  const cause = decision?.way === 'revert' ? decision.problem : null;
  if (mark === 'REVERTED') return { ...common, outcome: 'reverted', problem: withMore(cause, failure) };
  if (mark === 'REVERT_FAILED') {
    const message = [cause?.message, failure].filter((part) => typeof part === 'string').join(' ');
    return { ...common, outcome: 'revert-failed', problem: { code: 'ERR_REVERT', message } };
  }
  return {
    ...common,
    outcome: 'unchanged',
    changed: false,
    problem: {
      code: 'ERR_INTERRUPTED',
      message: failure ?? 'The agent ended before the first step, so nothing was changed.',
    },
  };
}
