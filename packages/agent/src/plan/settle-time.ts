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
  let total: number = ALLOWANCE.carrier + (asking.length > 0 ? ALLOWANCE.dhcp : 0);
  const after = new Set([...(then === null ? path : below(then)), ...asking.flatMap((device) => [...below(device)])]);
  for (const name of after) {
    const link = target.links.get(name);
    if (link?.stp === true) {
      total += 2 * CENTISECOND * Number(link.bridge?.['forward_delay'] ?? FORWARD_DELAY);
    }
    if (link?.bond?.['mode'] === '4') {
      total += isFast(link.bond) ? ALLOWANCE.lacpFast : ALLOWANCE.lacpSlow;
    }
  }
  return total;
}

function isFast(options: Readonly<Record<string, string>>): boolean {
  return options['lacp_rate'] === '1' || options['lacp_rate'] === 'fast';
}
