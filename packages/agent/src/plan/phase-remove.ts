/** Phase: DHCP clients change hands; what is wanted no longer goes, from the top down. */
import type { LinkReport } from '@patchbay/protocol';
import { LEAVING_GROUP, OUR_GROUP } from '../observe/ownership.ts';
import { sameClient, sameRule } from './apply-op.ts';
import type { Draft } from './draft.ts';
import { sameRoute } from './phase-routes.ts';

/** From so many links on, marking them as a group and removing it is quicker than removing each. */
const MANY = 8;

export function startClients(draft: Draft): void {
  for (const { device, network, family } of draft.target.dhcp.wanted) {
    const runs = draft.world.dhcp.some((client) => sameClient(client, { device, network, family }));
    if (!runs && draft.world.get(device) !== undefined) draft.do({ kind: 'dhcp.start', device, network, family });
  }
}

export function stopClients(draft: Draft): void {
  for (const { device, network, family } of draft.target.dhcp.unwanted) {
    draft.do({ kind: 'dhcp.stop', device, network, family });
  }
}

export function removeRoutesAndRules(draft: Draft): void {
  for (const { protocol: _, ...rule } of draft.target.rules.unwanted) {
    if (draft.world.rules.some((known) => sameRule(known, rule))) draft.do({ kind: 'rule.del', ...rule });
  }
  for (const route of draft.target.routes.unwanted) {
    // With its device it goes by itself.
    if (route.device !== null && draft.target.gone.has(route.device)) continue;
    if (!draft.world.routes.some((known) => sameRoute(known, route))) continue;
    const { family, table, destination, gateway, device, metric } = route;
    draft.do({ kind: 'route.del', family, table, destination, gateway, device, metric });
  }
}

export function removeLinks(draft: Draft): void {
  const { world, target } = draft;
  const leaving = [...target.gone].flatMap((name) => world.get(name) ?? []).sort((a, b) => height(a) - height(b));
  if (leaving.length < MANY) {
    for (const { name } of leaving) if (world.links.has(name)) draft.do({ kind: 'link.del', name });
    return;
  }
  const names = leaving.map(({ name }) => name);
  const inOurs = [...world.links.values()].filter(({ group }) => group === String(OUR_GROUP));
  const all = inOurs.length === names.length && inOurs.every(({ name }) => target.gone.has(name));
  const group = all ? OUR_GROUP : LEAVING_GROUP;
  if (!all) for (const name of names) draft.do({ kind: 'link.set', name, group });
  draft.do({ kind: 'link.del-group', group, names });
}

/** VLAN devices before bridges before bonds. */
function height({ kind }: LinkReport): number {
  return ['vlan', 'bridge', 'bond'].indexOf(kind);
}
