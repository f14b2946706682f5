/** What of a plan is called for by what has come, or was not possible before. Pure. */
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { configWithout } from './config-without.ts';

/** For whose sake steps are taken. */
export interface Cause {
  /** Devices that have come. */
  came: ReadonlySet<string>;
  /** Bonds and networks for which no step was taken before. */
  leftOut: HostConfig;
  /** Steps that were left to do before. */
  left: readonly KernelOp[];
}

/**
 * The steps that were left, and those that would not be taken on the same host without these devices if these bonds and networks were not
 * asked for: what other hands have changed elsewhere is not put right with them.
 * @param plan the way from a state to a config
 */
export function stepsFor(
  { came, leftOut, left }: Cause,
  state: KernelState,
  config: HostConfig,
  plan: (state: KernelState, config: HostConfig) => readonly KernelOp[],
): KernelOp[] {
  const without = { ...state, links: state.links.filter(({ name }) => !came.has(name)) };
  const others = new Set(plan(without, configWithout(config, leftOut)).map(text));
  const before = new Set(left.map(text));
  return plan(state, config).filter((op) => before.has(text(op)) || !others.has(text(op)));
}

function text(op: KernelOp): string {
  return JSON.stringify(op);
}
