/** Routes: what the kernel takes, and what it makes by itself for the addresses of a link that is up. */
import { type AddressReport, type KernelOp, type LinkReport, MAIN_TABLE, type RouteReport } from '@patchbay/protocol';
import { familyOf, inSubnet, isLinkLocal, subnetOf } from '../ip-address.ts';
import { OUR_PROTOCOL } from '../observe/ownership.ts';
import type { World } from './world.ts';

type Op<K extends KernelOp['kind']> = Extract<KernelOp, { kind: K }>;

/** IPv6 gives every route without a metric this one. */
const V6_METRIC = 1024;

export function replaceRoute(world: World, op: Op<'route.replace'>): string | null {
  const { gateway, device, onlink, nexthops = [{ gateway, device, onlink }] } = op;
  for (const hop of nexthops) {
    const link = world.get(hop.device);
    if (link === undefined) return `Cannot find device "${hop.device}"`;
    if (!link.adminUp) return 'Network is down';
    if (op.family === 6 && link.ipv6Disabled) return 'No such device';
    if (hop.gateway !== null && hop.onlink !== true && !isNeighbour(world, link, hop.gateway))
      return 'Nexthop has invalid gateway.';
  }
  const route: RouteReport = {
    family: op.family,
    table: op.table,
    destination: op.destination,
    ...(op.nexthops === undefined ? { gateway, device } : { gateway: null, device: null, nexthops: op.nexthops }),
    protocol: op.protocol ?? OUR_PROTOCOL,
    metric: metricOf(op),
  };
  if (op.source !== undefined) route.source = op.source;
  if (op.onlink !== undefined) route.onlink = op.onlink;
  if (op.metrics !== undefined) route.metrics = op.metrics;
  const at = world.routes.findIndex((known) => sameKey(known, route));
  if (at < 0) world.routes.push(route);
  else world.routes[at] = route;
  return null;
}

export function deleteRoute(world: World, op: Op<'route.del'>): string | null {
  const at = world.routes.findIndex(
    (known) =>
      sameKey(known, op) &&
      (op.gateway === null || known.gateway === op.gateway) &&
      (op.device === null || known.device === op.device) &&
      (op.protocol === undefined || known.protocol === op.protocol),
  );
  if (at < 0) return 'No such process';
  world.routes.splice(at, 1);
  return null;
}

/** What the kernel forgets when a device goes, or ceases to carry a family: the routes by it; those with several ways with the last. */
export function dropRoutes(world: World, device: string, family?: 4 | 6): void {
  const leads = (name: string): boolean => name !== device && world.get(name)?.adminUp === true;
  world.routes = world.routes.filter(
    (route) =>
      (family !== undefined && route.family !== family) ||
      (route.nexthops === undefined ? route.device !== device : route.nexthops.some((hop) => leads(hop.device))),
  );
}

/** The devices by which a route leads. */
export function devicesBy({ device, nexthops = [] }: Pick<RouteReport, 'device' | 'nexthops'>): string[] {
  return [...(device === null ? [] : [device]), ...nexthops.map((hop) => hop.device)];
}

/** The kernel's own route to the subnet of every IPv4 and IPv6 address of a link that is up. */
export function connectRoutes(world: World, link: LinkReport): void {
  if (!link.adminUp) return;
  for (const one of link.addresses) {
    const { family, address, prefix } = one;
    const lone = prefix >= (family === 4 ? 32 : 128) && one.peer === undefined;
    if (lone || isLinkLocal(address) || one.noPrefixRoute === true) continue;
    const destination = subnetBy(one);
    const known = world.routes.some(
      (route) => route.protocol === 'kernel' && route.device === link.name && route.destination === destination,
    );
    if (known) continue;
    const metric = family === 4 ? null : 256;
    const route = {
      family,
      table: MAIN_TABLE,
      destination,
      gateway: null,
      device: link.name,
      protocol: 'kernel',
      metric,
    };
    world.routes.push(family === 4 ? { ...route, source: address } : route);
  }
}

/** The subnet to which the kernel makes a route for an address. */
export function subnetBy({ family, address, prefix, peer }: AddressReport): string {
  return subnetOf(family === 4 ? (peer ?? address) : address, prefix);
}

export function metricOf(route: { family: 4 | 6; metric: number | null }): number | null {
  return route.metric ?? (route.family === 6 ? V6_METRIC : null);
}

interface RouteKey {
  family: 4 | 6;
  table: number;
  destination: string;
  metric: number | null;
}

/** Whether a replacing call for one takes the place of the other. */
export function sameKey(a: RouteKey, b: RouteKey): boolean {
  return (
    a.family === b.family &&
    a.table === b.table &&
    a.destination === b.destination &&
    (metricOf(a) ?? 0) === (metricOf(b) ?? 0)
  );
}

/** Equal for routes of which a replacing call for one takes the place of the other; for sets and maps of many. */
export function keyOf(route: RouteKey): string {
  return `${route.family} ${route.table} ${route.destination} ${metricOf(route) ?? 0}`;
}

/** Whether the kernel takes the gateway for a neighbour on this link: by an address of the link, or by a route without a gateway. */
export function isNeighbour(world: World, link: LinkReport, gateway: string): boolean {
  if (isLinkLocal(gateway)) return true;
  const family = familyOf(gateway);
  const covered = link.addresses.some(
    (one) => one.family === family && one.noPrefixRoute !== true && inSubnet(gateway, subnetBy(one)),
  );
  if (covered) return true;
  return world.routes.some(
    (route) =>
      route.family === family &&
      route.device === link.name &&
      route.gateway === null &&
      route.destination !== 'default' &&
      inSubnet(gateway, route.destination),
  );
}
