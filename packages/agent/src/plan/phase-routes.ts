/** Phase: routes and rules that are wanted and missing, whether they never were or a link that went down took them along. */
import type { RouteReport } from '@patchbay/protocol';
import { OUR_PROTOCOL } from '../observe/ownership.ts';
import { sameRule } from './apply-op.ts';
import { isNeighbour, sameKey } from './apply-route.ts';
import type { Draft } from './draft.ts';
import type { TargetLink } from './target.ts';

export function addRoutes(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const route of sorted(draft.target.routes.wanted)) {
    const link = draft.target.links.get(route.device ?? '');
    const now = draft.world.get(route.device);
    if (link === undefined || now === undefined || !which(link) || !now.adminUp) continue;
    if (route.family === 6 && now.ipv6Disabled) continue;
    // Its turn comes when the address is there by which the gateway is a neighbour.
    const { gateway: via } = route;
    if (via !== null && route.onlink !== true && !isNeighbour(draft.world, now, via)) continue;
    if (draft.world.routes.some((known) => sameRoute(known, route))) continue;
    const { family, table, destination, gateway, metric, protocol, source, onlink } = route;
    draft.do({
      kind: 'route.replace',
      family,
      table,
      destination,
      gateway,
      device: now.name,
      metric,
      ...(protocol === OUR_PROTOCOL ? {} : { protocol }),
      ...(source === undefined ? {} : { source }),
      ...(onlink === undefined ? {} : { onlink }),
    });
  }
}

export function addRules(draft: Draft): void {
  for (const { protocol: _, ...rule } of draft.target.rules.wanted) {
    if (!draft.world.rules.some((known) => sameRule(known, rule))) draft.do({ kind: 'rule.add', ...rule });
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
    a.protocol === b.protocol &&
    a.source === b.source
  );
}
