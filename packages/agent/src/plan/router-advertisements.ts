/** What routers have advertised on a network, read from what the kernel made of it: addresses, prefixes, default routes, neighbours. */
import { type AddressReport, type LinkReport, MAIN_TABLE, type RouteReport } from '@patchbay/protocol';
import { subnetOf } from '../ip-address.ts';
import type { KernelState } from '../kernel.ts';
import { isOurRoute, isOurTable } from '../observe/ownership.ts';
import type { TargetAddress } from './target.ts';

export interface Advertised {
  /** Addresses that the device made of advertised prefixes. */
  addresses: AddressReport[];
  /** The same of the device that had the network before, where this one has none in their subnets yet. */
  carried: TargetAddress[];
  /** Prefixes that are on the link, as CIDR. */
  subnets: string[];
  /** The router to use, null when none is known. */
  gateway: string | null;
  /** Whether the main table has a default route by it: the kernel's own, or nothing that anybody waits for. */
  inMain: boolean;
}

/** Seconds for which an address without an end is carried over; the routers' next word makes it endless again. */
const CARRIED = 7200;

/** An address that the kernel made of an advertised prefix; a lease of DHCPv6 ends as well, but has no prefix. */
export function isLearned({ family, origin, prefix }: AddressReport): boolean {
  return family === 6 && origin === 'ra' && prefix < 128;
}

/**
 * @param device that shall have the network's addresses; absent when it is still to be made
 * @param before device that has had them until now; the same when the network stays where it is
 * @param hears whether the kernel is to make default routes of what it hears on the device
 */
export function advertised(
  { routes }: Pick<KernelState, 'routes'>,
  device: LinkReport | undefined,
  before: LinkReport | undefined,
  hears: boolean,
): Advertised {
  const moves = before !== undefined && before.name !== device?.name;
  const addresses = device?.addresses.filter(isLearned) ?? [];
  const there = new Set(addresses.map(({ address, prefix }) => subnetOf(address, prefix)));
  const carried = (moves ? before.addresses.filter(isLearned) : [])
    .filter(({ address, prefix }) => !there.has(subnetOf(address, prefix)))
    .map(({ family, address, prefix, validFor }) => ({ family, address, prefix, validFor: validFor ?? CARRIED }));
  const known = [device, before].flatMap((link) => (link === undefined ? [] : onLink(routes, link)));
  const made = [...addresses, ...carried].map(({ address, prefix }) => subnetOf(address, prefix));
  const subnets = [...new Set([...made, ...known])];
  const kernels = device === undefined ? [] : learnedGateways(routes, device);
  const now = device === undefined ? null : ourGateway(routes, device);
  const heard = kernels.length > 0 ? kernels : (device?.routers ?? []);
  const waits = hears && kernels.length === 0 && isAwaited(routes, device, moves);
  const last = now ?? (moves ? (learnedGateways(routes, before)[0] ?? ourGateway(routes, before)) : null);
  const alive = subnets.length > 0 || [device, before].some((link) => link?.addresses.some(isLent));
  const remembered = alive && (waits || !hears) ? last : null;
  const gateway = now !== null && heard.includes(now) ? now : (heard[0] ?? remembered);
  return { addresses, carried, subnets, gateway, inMain: !waits };
}

/** An address of a network that is there because somebody out there said so, and for as long as that holds. */
function isLent({ family, validFor }: AddressReport): boolean {
  return family === 6 && validFor !== null;
}

/** Whether a router's word is still to come that makes the kernel's own default route, and the host needs one until then. */
function isAwaited(routes: readonly RouteReport[], device: LinkReport | undefined, moves: boolean): boolean {
  if (moves || device?.sysctls?.['ipv6/accept_ra_defrtr'] === '0') return true;
  return routes.some((route) => isDefault(route, device) && route.table === MAIN_TABLE && isOurRoute(route));
}

/** Prefixes that routers said to be on the link: what the kernel routes there without an address of ours being the reason. */
function onLink(routes: readonly RouteReport[], link: LinkReport): string[] {
  const own = new Set(link.addresses.flatMap((one) => (isLearned(one) ? [] : [subnetOf(one.address, one.prefix)])));
  return routes.flatMap(({ family, table, protocol, device, destination, gateway }) => {
    const connected = family === 6 && table === MAIN_TABLE && protocol === 'kernel' && gateway === null;
    return connected && device === link.name && !destination.endsWith('/128') && !own.has(destination)
      ? [destination]
      : [];
  });
}

/** Routers of the kernel's own default routes by the device. */
function learnedGateways(routes: readonly RouteReport[], link: LinkReport): string[] {
  const learned = routes.filter(
    (route) => isDefault(route, link) && route.table === MAIN_TABLE && route.protocol === 'ra',
  );
  return learned.flatMap(({ gateway }) => gateway ?? []);
}

/** Router of the default route in the network's own table. */
function ourGateway(routes: readonly RouteReport[], link: LinkReport): string | null {
  return routes.find((route) => isDefault(route, link) && isOurTable(route.table))?.gateway ?? null;
}

function isDefault(route: RouteReport, link: LinkReport | undefined): boolean {
  return route.family === 6 && route.destination === 'default' && route.device === link?.name;
}
