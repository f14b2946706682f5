/** How long the way to the engine may need after the last step until it carries again: the least that a confirm has to be given. */
import type { KernelOp } from '@patchbay/protocol';
import { chainBelow } from './chain.ts';
import { touches } from './risks.ts';
import type { Target } from './target.ts';

/** Milliseconds: a carrier, partners of LACP by the rate at which they speak, a DHCP server that is asked several times. */
const ALLOWANCE = { carrier: 10_000, lacpSlow: 90_000, lacpFast: 10_000, dhcp: 30_000 } as const;
/** A port of a bridge with spanning tree listens and learns for a forward delay each; milliseconds per hundredth of a second. */
const CENTISECOND = 10;
/** Hundredths of a second: the kernel's own forward delay. */
const FORWARD_DELAY = 1500;

/**
 * @param path devices under the engine's connection before the plan
 * @param then device that carries the connection after it
 * @returns milliseconds, 0 when the plan leaves the path alone
 */
export function settleTime(
  ops: readonly KernelOp[],
  path: ReadonlySet<string>,
  target: Target,
  then: string | null,
): number {
  if (!ops.some((op) => touches(op, path))) return 0;
  const below = (device: string) => chainBelow(target.links.values(), device);
  // Where the address comes by DHCP, nobody knows it yet: the device that stands on the path is the one.
  const asking = ops.flatMap((op) =>
    op.kind === 'dhcp.start' && [...below(op.device)].some((name) => path.has(name)) ? [op.device] : [],
  );
  const after = new Set([...(then === null ? path : below(then)), ...asking.flatMap((device) => [...below(device)])]);
  const chain = [...target.links.values()].filter(({ name }) => after.has(name));
  const carrying = chain.map(({ stp, bridge, bond }) => ({
    tree: stp === true ? (bridge ?? {}) : null,
    bond: bond ?? null,
  }));
  return timeToCarry(carrying) + (asking.length > 0 ? ALLOWANCE.dhcp : 0);
}

/** What of a device says how long it may take to carry: the options of a bridge with spanning tree, and those of a bond. */
interface Carrying {
  tree: Readonly<Record<string, string>> | null;
  bond: Readonly<Record<string, string>> | null;
}

/**
 * @param chain devices that stand on each other
 * @returns milliseconds that they may need until they carry, once they are put together
 */
export function timeToCarry(chain: readonly Carrying[]): number {
  let total: number = ALLOWANCE.carrier;
  for (const { tree, bond } of chain) {
    if (tree !== null) total += 2 * CENTISECOND * Number(tree['forward_delay'] ?? FORWARD_DELAY);
    if (bond?.['mode'] === '4') total += isFast(bond) ? ALLOWANCE.lacpFast : ALLOWANCE.lacpSlow;
  }
  return total;
}

function isFast(options: Readonly<Record<string, string>>): boolean {
  return options['lacp_rate'] === '1' || options['lacp_rate'] === 'fast';
}
