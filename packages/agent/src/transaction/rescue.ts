/** The last rung of the revert ladder: only what carries the connection to the engine, all else left as it is. */
import { MAIN_TABLE, type RouteReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { chainBelow } from '../plan/chain.ts';

/**
 * @param management address or device that carried the connection to the engine; null when none is known
 * @returns a goal that differs from `now` only along the management chain of the snapshot: the device, what it stands on, their
 * addresses, and the default routes
 */
export function managementOnly(now: KernelState, snapshot: KernelState, management: string | null): KernelState {
  const holder = snapshot.links.find(
    ({ name, addresses }) => name === management || addresses.some(({ address }) => address === management),
  );
  const device = holder?.name ?? snapshot.routes.find(isDefault)?.device ?? null;
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
    ...(snapshot.resolver === undefined ? {} : { resolver: snapshot.resolver }),
    dhcp: kept((client) => chain.has(client.device), snapshot.dhcp, now.dhcp),
  };
}

function isDefault(route: RouteReport): boolean {
  return route.destination === 'default' && route.table === MAIN_TABLE;
}
