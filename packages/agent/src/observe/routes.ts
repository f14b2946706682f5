/** `ip -d -j route show table all type unicast` and `ip -d -j rule show`. */
import { MAIN_TABLE, type NextHop, type RouteReport, type RuleReport } from '@patchbay/protocol';
import { type Json, number, parseArray, text } from './links.ts';
import { parseMetrics } from './route-metrics.ts';
import { LOCAL_TABLE, type TableNames } from './table-names.ts';

/**
 * Routes of both families, which one dump holds without saying which is which: only those of IPv6 have a preference.
 * Left out is what the kernel keeps for itself: the local table, and the link-local and multicast routes of every link.
 * @param tables by the names that `ip` may call them; one that it calls otherwise is left out as well
 */
export function parseRoutes(json: string, tables: TableNames): RouteReport[] {
  return parseArray(json).flatMap((entry) => routeOf(entry, tables) ?? []);
}

function routeOf(entry: Json, tables: TableNames): RouteReport | null {
  const destination = text(entry['dst']);
  const table = tableOf(entry['table'], tables);
  if (destination === null || table === null || table === LOCAL_TABLE || (entry['type'] ?? 'unicast') !== 'unicast')
    return null;
  if (destination.startsWith('fe80:') || destination.startsWith('ff')) return null;
  const family = entry['pref'] !== undefined || destination.includes(':') ? 6 : 4;
  const nexthops = parseNextHops(entry['nexthops']);
  const route: RouteReport = {
    family,
    table,
    destination: destination === 'default' ? destination : withPrefix(destination, family),
    gateway: gatewayOf(entry),
    device: text(entry['dev']),
    ...(nexthops.length === 0 ? {} : { nexthops }),
    protocol: text(entry['protocol']) ?? 'unspec',
    metric: number(entry['metric']),
  };
  const source = text(entry['prefsrc']);
  if (source !== null) route.source = source;
  if (isOnlink(entry)) route.onlink = true;
  const metrics = parseMetrics(entry['metrics']);
  if (metrics !== null) route.metrics = metrics;
  return route;
}

/** Whether a way is passable now is left out: a route has the same ways while one of them is down. */
function parseNextHops(value: unknown): NextHop[] {
  return (Array.isArray(value) ? (value as Json[]) : []).flatMap((entry) => {
    const device = text(entry['dev']);
    if (device === null) return [];
    const nexthop = { gateway: gatewayOf(entry), device, weight: number(entry['weight']) ?? 1 };
    return [isOnlink(entry) ? { ...nexthop, onlink: true } : nexthop];
  });
}

function gatewayOf(entry: Json): string | null {
  const via = entry['via'] as { host?: unknown } | undefined;
  return text(entry['gateway']) ?? text(via?.host);
}

function isOnlink({ flags }: Json): boolean {
  return Array.isArray(flags) && flags.includes('onlink');
}

/**
 * @param family of the dump: rules do not say it
 * @param tables as for {@link parseRoutes}
 */
export function parseRules(json: string, family: 4 | 6, tables: TableNames): RuleReport[] {
  return parseArray(json).flatMap((entry) => {
    const priority = number(entry['priority']);
    const table = tableOf(entry['table'], tables);
    if (priority === null || table === null) return [];
    const end = (address: string, length: string): string | null => {
      const value = text(entry[address]);
      if (value === null || value === 'all') return null;
      return withPrefix(value, family, number(entry[length]));
    };
    const [from, to] = [end('src', 'srclen'), end('dst', 'dstlen')];
    return [{ family, priority, from, to, table, protocol: text(entry['protocol']) }];
  });
}

/** iproute2 leaves the table out for the main one, and gives names to those it knows. */
function tableOf(value: unknown, tables: TableNames): number | null {
  if (value === undefined) return MAIN_TABLE;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const known = tables.get(value) ?? Number(value);
  return Number.isInteger(known) ? known : null;
}

function withPrefix(address: string, family: 4 | 6, length: number | null = null): string {
  return address.includes('/') ? address : `${address}/${length ?? (family === 4 ? 32 : 128)}`;
}
