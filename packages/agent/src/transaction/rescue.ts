/** The last rung of the revert ladder: only what carries the connection to the engine, all else left as it is. */
import type { LinkReport, RouteReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';

/**
 * A goal that differs from `now` only along the management chain of the snapshot: the device, what it stands on, their
 * addresses, and the default routes through it.
 */
export function managementOnly(now: KernelState, snapshot: KernelState, management: string | null): KernelState {
  const device = management ?? snapshot.routes.find((route) => isDefault(route))?.device ?? null;
  if (device === null) return now;
  const chain = chainBelow(snapshot.links, device);
  const kept = <T>(mine: (part: T) => boolean, before: readonly T[], here: readonly T[]): T[] => [
    ...here.filter((part) => !mine(part)),
    ...before.filter(mine),
  ];
  const onChain = (route: RouteReport): boolean =>
    isDefault(route) || (route.device !== null && chain.has(route.device));
  return {
    ...now,
    links: kept((link) => chain.has(link.name), snapshot.links, now.links),
    routes: kept(onChain, snapshot.routes, now.routes),
    nameservers: snapshot.nameservers,
    dhcp: kept((client) => chain.has(client.device), snapshot.dhcp, now.dhcp),
  };
}

function isDefault(route: RouteReport): boolean {
  return route.destination === 'default' && route.table === 254;
}

/** The device and everything it needs to carry a frame: a VLAN's base, a bridge's ports, a bond's members. */
export function chainBelow(links: readonly LinkReport[], device: string): Set<string> {
  const chain = new Set<string>();
  const visit = (name: string): void => {
    if (chain.has(name)) return;
    chain.add(name);
    for (const link of links) {
      if (link.master === name) visit(link.name);
      if (link.name === name && link.base !== null) visit(link.base);
    }
  };
  visit(device);
  return chain;
}
