/** The way to the engine: what it was before a change, and whether it is so again after a revert. */
import type { HostConfig, Plan } from '@patchbay/protocol';
import { inSubnet, subnetOf } from '../ip-address.ts';
import type { KernelState } from '../kernel.ts';
import type { WayToEngine } from '../persist/journal.ts';
import { chainBelow } from '../plan/chain.ts';
import { northboundAfter } from '../plan/northbound.ts';
import { timeToCarry } from '../plan/settle-time.ts';
import type { Ends, Neighbours, Restorer } from './parts.ts';

const LOOK_AGAIN = 200;
/**
 * Milliseconds for which the port of a switch that has had its carrier anew may let nothing through: it listens and learns for a
 * forward delay each, fifteen seconds unless somebody chose another (IEEE 802.1D-2004, 17.14).
 */
const SWITCH_PORT = 30_000;

/**
 * @param ends the connection to the engine before the change
 * @returns null when there is no connection, or no device has its address
 */
export async function wayToEngine(
  neighbours: Neighbours,
  state: KernelState,
  ends: Ends | null,
  change: { running: HostConfig; config: HostConfig; plan: Plan },
): Promise<WayToEngine | null> {
  if (ends === null) return null;
  const device = state.links.find(({ addresses }) => addresses.some(({ address }) => address === ends.local))?.name;
  if (device === undefined) return null;
  const next = nextHop(state, device, ends.remote);
  const known = next !== null && (await neighbours.known(device, next));
  const { running, config, plan } = change;
  const northbound = plan.touchesManagement
    ? northboundAfter(state, { device, local: ends.local }, running, config)
    : null;
  const chain = chainBelow(state.links, device);
  const patience = timeToCarry(
    state.links
      .filter(({ name }) => chain.has(name))
      .map(({ bridge, bond }) => ({
        tree: bridge?.stp === true ? bridge.options : null,
        bond: bond?.options ?? null,
      })),
  );
  return { ...ends, device, neighbour: known ? next : null, patience, northbound };
}

/** The neighbour to whom a frame for the engine goes: itself on a shared network, else the gateway; null when there is no route. */
function nextHop(state: KernelState, device: string, remote: string): string | null {
  const held = state.links.find(({ name }) => name === device)?.addresses ?? [];
  if (held.some(({ address, prefix }) => inSubnet(remote, subnetOf(address, prefix)))) return remote;
  const routes = state.routes.filter(
    ({ device: by, gateway, destination, family }) =>
      by === device &&
      gateway !== null &&
      (destination === 'default' ? family === (remote.includes(':') ? 6 : 4) : inSubnet(remote, destination)),
  );
  const length = ({ destination }: { destination: string }): number =>
    destination === 'default' ? 0 : Number(destination.split('/')[1]);
  return routes.sort((a, b) => length(b) - length(a))[0]?.gateway ?? null;
}

/**
 * The checks after each rung of a revert: the address is there, the device carries if it did, and the neighbour answers if it
 * was known.
 * @returns null when the host can be reached as before, as far as it can tell by itself; else what is wrong
 */
export async function checkWay(
  { kernel, neighbours }: Pick<Restorer, 'kernel' | 'neighbours'>,
  snapshot: KernelState,
  way: WayToEngine | null,
): Promise<string | null> {
  if (way === null) return null;
  const carried = carries(snapshot, way.device);
  let device: string | null;
  for (let waited = 0; ; waited += LOOK_AGAIN) {
    const state = await kernel.observe();
    device = holderOf(state, way.local);
    if (device === null) return `No device has ${way.local}, by which the engine is reached.`;
    if (!carried || carries(state, device)) break;
    if (waited >= way.patience) return `${device}, by which the engine is reached, has no carrier.`;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
  if (way.neighbour === null || (await neighbours.answers(device, way.neighbour, way.patience + SWITCH_PORT)))
    return null;
  return `${way.neighbour} on ${device}, by which the engine is reached, does not answer any more.`;
}

function holderOf(state: KernelState, local: string): string | null {
  return state.links.find(({ addresses }) => addresses.some(({ address }) => address === local))?.name ?? null;
}

function carries(state: KernelState, device: string): boolean {
  return state.links.some(({ name, adminUp, carrier }) => name === device && adminUp && carrier);
}

/** @returns milliseconds that {@link checkWay} may take */
export function longestCheck(way: WayToEngine | null): number {
  return way === null ? 0 : 2 * way.patience + SWITCH_PORT;
}
