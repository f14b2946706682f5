/** What other hands had set up on a host, and joining has taken away since no network says it, with the way to have it back. Pure. */
import { type HostReport, type LinkReport, MAIN_TABLE, type RouteReport } from '@patchbay/protocol';
import { isGlobal, isPermanent, withPrefix } from './present-ip.ts';

/** Any of those that no program is known by. */
const ownProtocol = 200;

/** @returns a part of a sentence for each thing; nothing where all has stayed */
export function lostByJoining(before: HostReport, after: HostReport): string[] {
  const now = new Map(after.links.map((link) => [link.name, link]));
  return [...lostMtus(before, now), ...lostAddresses(before, after), ...lostRoutes(before, after, now)];
}

function lostMtus({ links }: HostReport, now: ReadonlyMap<string, LinkReport>): string[] {
  return links.flatMap(({ name, kind, mtu }) => {
    const is = now.get(name)?.mtu ?? mtu;
    return kind === 'other' || is >= mtu ? [] : [`MTU ${mtu} of ${name}, which is ${is} (set it on the network there)`];
  });
}

function lostAddresses(before: HostReport, after: HostReport): string[] {
  const kept = new Set(after.links.flatMap(({ addresses }) => addresses.map(withPrefix)));
  return before.links.flatMap(({ name, addresses }) =>
    addresses
      .filter((one) => isGlobal(one) && isPermanent(one) && !kept.has(withPrefix(one)))
      .map((one) => `address ${withPrefix(one)} of ${name} (a network of its own can have it)`),
  );
}

function lostRoutes(before: HostReport, after: HostReport, now: ReadonlyMap<string, LinkReport>): string[] {
  const key = ({ family, table, destination }: RouteReport) => `${family} ${table} ${destination}`;
  const kept = new Set(after.routes.map(key));
  return before.routes
    .filter((route) => byHand.has(route.protocol) && !kept.has(key(route)))
    .map((route) => `route ${words(route)} (one with a routing protocol of its own stays: ${command(route, now)})`);
}

/** The others come with addresses and with what routers say, or a routing daemon sees to them. */
const byHand: ReadonlySet<string> = new Set(['unspec', 'boot', 'static', 'dhcp']);

function words({ destination, gateway, table }: RouteReport): string {
  const via = gateway === null ? '' : ` via ${gateway}`;
  return `${destination}${via}${table === MAIN_TABLE ? '' : ` table ${table}`}`;
}

/** On the bond or bridge, if the device has become a port of one. */
function command(route: RouteReport, now: ReadonlyMap<string, LinkReport>): string {
  const device = now.get(route.device ?? '')?.master ?? route.device;
  const dev = device === null ? '' : ` dev ${device}`;
  return `ip ${route.family === 6 ? '-6 ' : ''}route add ${words(route)}${dev} proto ${ownProtocol}`;
}
