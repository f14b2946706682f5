/** Phase: routes and rules that are wanted and missing, whether they never were or a link that went down took them along. */
import type { NextHop, RouteReport, RuleReport } from '@patchbay/protocol';
import { OUR_PROTOCOL } from '../observe/ownership.ts';
import { sameRule } from './apply-op.ts';
import { devicesBy, isNeighbour, sameKey } from './apply-route.ts';
import type { Draft } from './draft.ts';
import type { TargetLink } from './target.ts';

export function addRoutes(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const route of sorted(draft.target.routes.wanted)) {
    const { family, table, destination, gateway, metric, protocol, source, onlink, metrics, nexthops } = route;
    const isReady = (hop: Pick<RouteReport, 'device' | 'gateway' | 'onlink'>): boolean => {
      const link = draft.target.links.get(hop.device ?? '');
      const now = draft.world.get(hop.device);
      if (link === undefined || now === undefined || !which(link) || !now.adminUp) return false;
      if (family === 6 && now.ipv6Disabled) return false;
      // Its turn comes when the address is there by which the gateway is a neighbour.
      return hop.gateway === null || hop.onlink === true || isNeighbour(draft.world, now, hop.gateway);
    };
    const [device] = devicesBy(route);
    if (device === undefined || !(nexthops ?? [route]).every(isReady)) continue;
    if (draft.world.routes.some((known) => sameRoute(known, route))) continue;
    draft.do({
      kind: 'route.replace',
      family,
      table,
      destination,
      gateway,
      device,
      metric,
      ...(protocol === OUR_PROTOCOL ? {} : { protocol }),
      ...(source === undefined ? {} : { source }),
      ...(onlink === undefined ? {} : { onlink }),
      ...(metrics === undefined ? {} : { metrics }),
      ...(nexthops === undefined ? {} : { nexthops }),
    });
  }
}

/** What is added comes last among its priority: to put one back in front of others means to add those again as well. */
export function addRules(draft: Draft): void {
  const { wanted, inOrder } = draft.target.rules;
  const placeOf = (rule: RuleReport): number => draft.world.rules.findIndex((known) => sameRule(known, rule));
  const former = new Map<string, RuleReport>();
  for (const rule of wanted) {
    const group = `${rule.family} ${rule.priority}`;
    const inFront = former.get(group);
    former.set(group, rule);
    const place = placeOf(rule);
    const isThere = place >= 0;
    if (isThere && (!inOrder || inFront === undefined || placeOf(inFront) < place)) continue;
    const { protocol: _, ...key } = rule;
    if (isThere) draft.do({ kind: 'rule.del', ...key });
    draft.do({ kind: 'rule.add', ...key });
  }
}

/** Routes without a gateway first: they are how the others' gateways are reached. */
function sorted(routes: readonly RouteReport[]): RouteReport[] {
  return [...routes].sort((a, b) => Number(a.gateway !== null) - Number(b.gateway !== null));
}

export function sameRoute(a: RouteReport, b: RouteReport): boolean {
  return (
    sameKey(a, b) &&
    a.gateway === b.gateway &&
    a.device === b.device &&
    sameHops(a.nexthops, b.nexthops) &&
    a.protocol === b.protocol &&
    a.source === b.source
  );
}

/** In any order: the kernel may show another one than it was given. */
function sameHops(some: readonly NextHop[] = [], others: readonly NextHop[] = []): boolean {
  const same = (one: NextHop, other: NextHop): boolean =>
    one.device === other.device &&
    one.gateway === other.gateway &&
    one.weight === other.weight &&
    one.onlink === other.onlink;
  return some.length === others.length && some.every((one) => others.some((other) => same(one, other)));
}
