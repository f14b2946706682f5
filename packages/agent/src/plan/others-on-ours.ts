/** VLAN devices of another hand on a nic or bond of ours: they go down with it, and what that costs them is given back. */
import type { LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { plainLink, type Target } from './target.ts';

/** Adds them to the target as they are: nothing is done to them unless the plan has taken something away. */
export function keepOthersOnOurs({ links, routes }: KernelState, target: Target): void {
  for (const link of othersOn(links, new Set(target.links.keys()), target.gone)) {
    const { name, kind, base, vlan, adminUp: up, addresses } = link;
    // What the kernel makes by itself it makes again.
    const wanted = addresses.filter(({ origin }) => origin !== 'kernel' && origin !== 'ra');
    target.links.set(name, { ...plainLink(name, kind), base, vlan, up, wanted });
    const theirs = routes.filter(({ device, protocol }) => device === name && !BY_ITSELF.has(protocol));
    target.routes.wanted.push(...theirs.filter((route) => !target.routes.unwanted.includes(route)));
  }
}

/** Protocols of routes that come without anybody asking for them. */
const BY_ITSELF: ReadonlySet<string> = new Set(['kernel', 'ra', 'redirect']);

/** VLAN devices on these links, and on one another, that are none of them. */
function othersOn(links: readonly LinkReport[], ours: ReadonlySet<string>, gone: ReadonlySet<string>): LinkReport[] {
  const found = links.filter(
    ({ name, kind, base }) => kind === 'vlan' && !ours.has(name) && !gone.has(name) && ours.has(base ?? ''),
  );
  return found.length === 0
    ? []
    : [...found, ...othersOn(links, new Set([...ours, ...found.map(({ name }) => name)]), gone)];
}
