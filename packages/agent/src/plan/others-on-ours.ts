/** VLAN devices of another hand on a nic or bond of ours: they go down with it, and what that costs them is given back. */
import type { LinkReport, RouteReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { isSetRoute } from '../observe/ownership.ts';
import { sameKey } from './apply-route.ts';
import { plainLink, type Target } from './target.ts';

/** Adds them to the target as they are: nothing is done to them unless the plan has taken something away. */
export function keepOthersOnOurs({ links, routes }: KernelState, target: Target): void {
  for (const link of othersOn(links, new Set(target.links.keys()), target.gone)) {
    const { name, kind, base, vlan, adminUp, addresses } = link;
    // What the kernel makes by itself it makes again; and what is down may be so because the device below is.
    const wanted = addresses.filter(({ origin }) => origin !== 'kernel' && origin !== 'ra');
    target.links.set(name, { ...plainLink(name, kind), base, vlan, ...(adminUp ? { up: true } : {}), wanted });
    // Where a route of ours has its place, theirs gives way, as it always did.
    const free = (route: RouteReport) => !target.routes.wanted.some((wanted) => sameKey(wanted, route));
    const theirs = routes.filter((route) => route.device === name && isSetRoute(route));
    target.routes.wanted.push(...theirs.filter((route) => free(route) && !target.routes.unwanted.includes(route)));
  }
}

/** VLAN devices on these links, and on one another, that are none of them. */
function othersOn(links: readonly LinkReport[], ours: ReadonlySet<string>, gone: ReadonlySet<string>): LinkReport[] {
  const found = links.filter(
    ({ name, kind, base }) => kind === 'vlan' && !ours.has(name) && !gone.has(name) && ours.has(base ?? ''),
  );
  return found.length === 0
    ? []
    : [...found, ...othersOn(links, new Set([...ours, ...found.map(({ name }) => name)]), gone)];
}
