/** Is the kernel what was asked for? Some properties need a moment; how long is known per property. */
import type { AgentProblem, HostConfig, LinkReport } from '@patchbay/protocol';
import { heardOps } from '../dhcp/following.ts';
import type { KernelState } from '../kernel.ts';
import { closerLookFor } from '../observe/ethtool.ts';
import { devicesOf } from '../plan/devices-of.ts';
import { bootTime } from './boot-clock.ts';
import { list } from './converge.ts';
import type { Planned, TransactionParts } from './parts.ts';

/** Milliseconds that each kind of difference may last; one may only begin when another has ended, as the asking for an address with a carrier. */
export const PATIENCE = { property: 1000, duplicateDetection: 3000, carrier: 10_000, never: 0 } as const;

export const LONGEST_PATIENCE = Object.values(PATIENCE).reduce<number>((sum, one) => sum + one, 0);

export interface Difference {
  patience: keyof typeof PATIENCE;
  message: string;
  /** Devices that are not as they should be. */
  devices: readonly string[];
}

/** How often to look again when the kernel says nothing, milliseconds. */
const LOOK_AGAIN = 200;

/** The kernel as it was found to be what was asked for, or why it is not. */
export type Verified = { problem: null; state: KernelState } | { problem: AgentProblem };

/** @param before the state before the change: a port that had no carrier then need not have one now */
export async function verify(
  parts: Pick<TransactionParts, 'live' | 'planner' | 'settle'>,
  before: KernelState,
  config: HostConfig,
  management: string | null,
): Promise<Verified> {
  const start = bootTime();
  let kind: Difference['patience'] | null = null;
  let since = start;
  for (;;) {
    const state = await parts.live.observe(closerLookFor(config));
    const difference = firstDifference(state, before, config, parts.planner.forward(state, config, management));
    if (difference === null) return { problem: null, state };
    const now = bootTime();
    if (difference.patience !== kind) since = now;
    kind = difference.patience;
    if (now - since >= PATIENCE[kind] || now - start >= LONGEST_PATIENCE) {
      return { problem: { code: 'ERR_VERIFY', message: difference.message } };
    }
    await parts.settle(LOOK_AGAIN);
  }
}

function firstDifference(
  state: KernelState,
  before: KernelState,
  config: HostConfig,
  planned: Planned,
): Difference | null {
  const different = differencesFrom(state, config, planned);
  if (different !== null) return different;
  const tentative = ownIpv6(state, config).find(({ link, address }) => address.tentative && link.carrier);
  if (tentative !== undefined) {
    const { link, address } = tentative;
    const message = `${address.address} on ${link.name} is still tentative.`;
    return { patience: 'duplicateDetection', message, devices: [link.name] };
  }
  const dark = portsOf(config).find((name) => carries(before, name) && !carries(state, name));
  return dark === undefined
    ? null
    : { patience: 'carrier', message: `${dark} lost its carrier and did not get it back.`, devices: [dark] };
}

/**
 * What somebody has to do for the kernel to be as the config says; what only needs time is not told.
 * @param planned from the state to the config
 */
export function differencesFrom(state: KernelState, config: HostConfig, planned: Planned): Difference | null {
  if (!planned.ok) {
    const vanished = portsOf(config).filter((port) => !state.links.some(({ name }) => name === port));
    return { patience: 'property', message: planned.problem.message, devices: vanished };
  }
  const duplicate = ownIpv6(state, config).find(({ address }) => address.dadFailed);
  if (duplicate !== undefined) {
    const { link, address } = duplicate;
    const message = `Another machine already uses ${address.address} on ${link.name}.`;
    return { patience: 'never', message, devices: [link.name] };
  }
  const heard = new Set(heardOps(state, config, planned.value.ops));
  const ops = planned.value.ops.filter((op) => !heard.has(op));
  if (ops.length === 0) return null;
  const message = `The kernel differs from what was asked for: ${list(ops)}.`;
  return { patience: 'property', message, devices: [...devicesOf(ops)] };
}

/** Static IPv6 addresses that the config asks for, where the kernel has them. */
function ownIpv6(
  state: KernelState,
  config: HostConfig,
): { link: LinkReport; address: LinkReport['addresses'][number] }[] {
  const wanted = new Set(
    Object.values(config.networks).flatMap(({ ipv6 }) =>
      ipv6.method === 'static' ? [new URL(`http://[${ipv6.address}]`).hostname.slice(1, -1)] : [],
    ),
  );
  return state.links.flatMap((link) =>
    link.addresses
      .filter(({ family, address }) => family === 6 && wanted.has(address))
      .map((address) => ({ link, address })),
  );
}

function portsOf(config: HostConfig): string[] {
  const bases = Object.values(config.networks).flatMap(({ base }) => base ?? []);
  return [...new Set([...Object.values(config.bonds).flatMap(({ slaves }) => slaves), ...bases])];
}

function carries(state: KernelState, name: string): boolean {
  return state.links.some((link) => link.name === name && link.kind === 'nic' && link.adminUp && link.carrier);
}
