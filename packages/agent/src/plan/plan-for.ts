/** Plans: from the kernel as it is to a config, or back to an earlier state. Pure. */
import { type AgentProblem, type HostConfig, MAIN_TABLE, type Plan } from '@patchbay/protocol';
import { isLinkLocal } from '../ip-address.ts';
import type { KernelState } from '../kernel.ts';
import { chainBelow } from './chain.ts';
import { diff } from './diff.ts';
import type { KeptMacs } from './kept-macs.ts';
import { keepOthersOnOurs } from './others-on-ours.ts';
import { expectedOutage, listening, risks, touches } from './risks.ts';
import { settleTime } from './settle-time.ts';
import type { Target } from './target.ts';
import { targetFor } from './target-for.ts';
import { targetOf } from './target-restore.ts';

export type Planned = { ok: true; value: Plan } | { ok: false; problem: AgentProblem };

/**
 * Steps from the kernel as it is to the config; none when it is there.
 * @param management device, or address, that carries the engine's connection; null when there is none
 * @param kept MACs of bonds and bridges that have been here before
 * @param whole what the config is a part of: what stands for the rest of it is left as it is
 */
export function planFor(
  state: KernelState,
  config: HostConfig,
  management: string | null = null,
  kept: KeptMacs = {},
  whole: HostConfig = config,
): Planned {
  const now = managementDevice(state, management);
  const path = now === null ? new Set<string>() : chainBelow(state.links, now);
  const result = targetFor(state, config, path, kept, whole);
  if (!result.ok) return result;
  keepOthersOnOurs(state, result.target);
  return { ok: true, value: assemble(state, result.target, now, management !== null) };
}

/** Steps from the kernel as it is, however half-done, back to the snapshot; none when it is there. */
export function planRestore(state: KernelState, snapshot: KernelState, management: string | null = null): Plan {
  const now = managementDevice(state, management);
  return assemble(state, targetOf(state, snapshot), now, management !== null);
}

function assemble(state: KernelState, target: Target, now: string | null, known: boolean): Plan {
  const then = now === null ? null : successor(state, target, now);
  const ops = diff(state, target, { now, then });
  const path = new Set(known && now !== null ? chainBelow(state.links, now) : []);
  const after = new Set(then === null ? [] : chainBelow(target.links.values(), then));
  const reached = ops.some((op) => touches(op, path));
  return {
    ops,
    risks: risks(state, target, ops, path),
    touchesManagement: reached,
    expectedOutage: expectedOutage(ops, path, target) + (reached ? listening(ops, target, after) : 0),
    settleTime: settleTime(ops, path, target, then),
  };
}

/** The device named, or that has the address; when nothing is known, the one with the default route is the safest guess. */
export function managementDevice(state: KernelState, management: string | null): string | null {
  if (management !== null) {
    const holder = state.links.find(
      ({ name, addresses }) => name === management || addresses.some(({ address }) => address === management),
    );
    if (holder !== undefined) return holder.name;
  }
  const route = state.routes.find(({ destination, table }) => destination === 'default' && table === MAIN_TABLE);
  return route?.device ?? null;
}

/** The device that will hold the addresses that the management device holds now. */
function successor(state: KernelState, target: Target, now: string): string | null {
  const all = state.links.find(({ name }) => name === now)?.addresses ?? [];
  // Every device may have the same one.
  const held = all.filter(({ address }) => !isLinkLocal(address));
  for (const link of target.links.values()) {
    if (link.wanted.some(({ address }) => held.some((one) => one.address === address))) return link.name;
  }
  return target.links.has(now) ? now : null;
}
