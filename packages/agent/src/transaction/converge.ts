/** Makes the kernel such that planning again finds nothing to do. By state, never by replay, so it may start half-way. */
import type { KernelOp, Plan } from '@patchbay/protocol';
import type { Kernel, KernelState } from '../kernel.ts';
import type { CloserLook } from '../observe/ethtool.ts';

export type Converged =
  /** The complaint says which manager would not hear, which keeps nobody from bringing the kernel there. */
  { ok: true; state: KernelState; complaint: string | null } | { ok: false; message: string };

/**
 * A refused step may only have come too early for the state the kernel was in, or have lost its object to the kernel's own
 * doing: each round plans anew from what is there.
 */
const ROUNDS = 4;

/**
 * @param plan the way from a state to the goal
 * @param betweenRuns as in {@link Kernel.execute}
 * @param also as in {@link Kernel.observe}
 */
export async function converge(
  kernel: Kernel,
  plan: (state: KernelState) => Plan,
  betweenRuns: () => Promise<void>,
  also: CloserLook = new Map(),
): Promise<Converged> {
  let refusal = '';
  let complaint: string | null = null;
  for (let round = 1; ; round += 1) {
    const state = await kernel.observe(also);
    const planned = plan(state).ops;
    const ops = complaint === null ? planned : planned.filter((op) => !('manager' in op));
    if (ops.length === 0) return { ok: true, state, complaint };
    if (round > ROUNDS)
      return { ok: false, message: refusal === '' ? `The kernel stays different: ${list(ops)}.` : refusal };
    const execution = await kernel.execute(ops, betweenRuns);
    refusal = execution.ok ? '' : `${name(execution.failed)} was refused: ${execution.message}`;
    if (!execution.ok && 'manager' in execution.failed) complaint = refusal;
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
