/** What of a plan some devices call for. Pure. */
import type { KernelOp } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';

/**
 * The steps that would not be taken on the same host without these devices: what other hands have changed elsewhere is not put right with
 * them.
 * @param plan the way from a state to the goal
 */
export function stepsFor(
  devices: ReadonlySet<string>,
  state: KernelState,
  plan: (state: KernelState) => readonly KernelOp[],
): KernelOp[] {
  const without = { ...state, links: state.links.filter(({ name }) => !devices.has(name)) };
  const others = new Set(plan(without).map((op) => JSON.stringify(op)));
  return plan(state).filter((op) => !others.has(JSON.stringify(op)));
}
