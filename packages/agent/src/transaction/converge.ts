/** Makes the kernel such that planning again finds nothing to do. By state, never by replay, so it may start half-way. */
import type { KernelOp, Plan } from '@patchbay/protocol';
import { isForOthers } from '../execute/runs.ts';
import type { Kernel, KernelState } from '../kernel.ts';
import type { CloserLook } from '../observe/ethtool.ts';
import { bootTime } from './boot-clock.ts';
import { aMoment, patiently } from './patiently.ts';

export type Converged =
  /** The complaint says which program would not hear, which keeps nobody from bringing the kernel there. */
  { ok: true; state: KernelState; complaint: string | null } | { ok: false; message: string };

/**
 * A refused step may only have come too early for the state the kernel was in, or have lost its object to the kernel's own
 * doing: each round plans anew from what is there.
 */
const ROUNDS = 4;

/**
 * The kernel comes first, and by itself: no other program has to answer for it. Then the others are told what the plan says, each
 * once and for a bounded time, and what they have upset meanwhile is mended.
 *
 * @param plan the way from a state to the goal
 * @param betweenRuns as in {@link Kernel.execute}
 * @param also as in {@link Kernel.observe}
 * @param until milliseconds on the boot-time clock, up to which a look or a program that fails without a refusal is tried again;
 *   absent: not at all
 */
export async function converge(
  kernel: Kernel,
  plan: (state: KernelState) => Pick<Plan, 'ops'>,
  betweenRuns: () => Promise<void>,
  also: CloserLook = new Map(),
  until = 0,
): Promise<Converged> {
  const way = { kernel, plan, betweenRuns, also, until };
  const reached = await bring(way);
  if (!reached.ok) return reached;
  const words = plan(reached.state).ops.filter(isForOthers);
  if (words.length === 0) return reached;
  const complaint = await tellOthers(kernel, words, betweenRuns);
  const after = await bring(way);
  return after.ok ? { ...after, complaint } : after;
}

/** Tells each of them by itself, so that one who does not hear keeps nobody else from it. @returns what was refused, if anything was */
export async function tellOthers(
  kernel: Kernel,
  words: readonly KernelOp[],
  betweenRuns: () => Promise<void>,
): Promise<string | null> {
  const refusals: string[] = [];
  for (const word of words) {
    const told = await kernel.execute([word], betweenRuns);
    if (!told.ok) refusals.push(`${name(told.failed)} was refused: ${told.message}`);
  }
  return refusals.length === 0 ? null : refusals.join(' ');
}

async function bring({
  kernel,
  plan,
  betweenRuns,
  also,
  until,
}: {
  kernel: Kernel;
  plan: (state: KernelState) => Pick<Plan, 'ops'>;
  betweenRuns: () => Promise<void>;
  also: CloserLook;
  until: number;
}): Promise<Converged> {
  let refusal = '';
  for (let round = 1; ; ) {
    const state = await patiently(until, () => kernel.observe(also));
    const ops = plan(state).ops.filter((op) => !isForOthers(op));
    if (ops.length === 0) return { ok: true, state, complaint: null };
    if (round > ROUNDS)
      return { ok: false, message: refusal === '' ? `The kernel stays different: ${list(ops)}.` : refusal };
    const execution = await kernel.execute(ops, betweenRuns);
    refusal = execution.ok ? '' : `${name(execution.failed)} was refused: ${execution.message}`;
    if (!execution.ok && execution.cut === true && bootTime() < until) await aMoment();
    else round += 1;
  }
}

/** One step in the words of the plan. */
export function name(op: KernelOp): string {
  const { kind, ...rest } = op;
  const facts = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
  return `${kind} ${facts.map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`).join(' ')}`;
}

/** The first few steps of a plan, for a message. */
export function list(ops: readonly KernelOp[]): string {
  const shown = ops.slice(0, 5).map(name).join('; ');
  return ops.length > 5 ? `${shown}; and ${ops.length - 5} more` : shown;
}
