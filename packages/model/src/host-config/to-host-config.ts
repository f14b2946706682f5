import { normalisedBondOptions } from '../bond/normalise.ts';
import type { BondAfter, Completed } from '../complete/completed.ts';
import { lookup } from '../state/lookup.ts';
import type { BondConfig, HostConfig, NetworkConfig } from './host-config.ts';
import { networkConfig } from './network-config.ts';

/**
 * The whole host as it shall look after a valid change: wanted bonds, every attachment's network whether or not the request
 * mentions it, and networks the cluster does not have that stay.
 *
 * An attachment whose network has left the cluster or whose nic is not known any more cannot be told to a host and is left out.
 *
 * @param unmanaged how the host runs networks the cluster does not have, by host-side name; they are kept as they are except
 *   those the request removes, and except the default route and name servers when a network of the cluster has that role here
 */
export function toHostConfig(
  completed: Completed,
  unmanaged: Readonly<Record<string, NetworkConfig>> = {},
): HostConfig {
  const managed = managedNetworks(completed);
  const stays = unmanagedNetworks(completed, unmanaged, managed);
  const networks = Object.fromEntries([...stays, ...managed]);
  return { bonds: wantedBonds(completed, networks), networks };
}

function managedNetworks({ after }: Completed): Map<string, NetworkConfig> {
  return new Map(
    after.attachments.flatMap((wish) =>
      wish.network && wish.nic !== null
        ? [[wish.network.vdsmName, networkConfig(wish.network, wish.nic, wish)] as const]
        : [],
    ),
  );
}

function unmanagedNetworks(
  { request, removedAttachments }: Completed,
  unmanaged: Readonly<Record<string, NetworkConfig>>,
  managed: ReadonlyMap<string, NetworkConfig>,
): [string, NetworkConfig][] {
  const removed = new Set([
    ...request.removedUnmanaged,
    ...removedAttachments.flatMap((removal) => removal.network?.vdsmName ?? []),
  ]);
  const routed = [...managed.values()].some((network) => network.defaultRoute);
  return Object.entries(unmanaged)
    .filter(([name]) => !removed.has(name) && !managed.has(name))
    .map(([name, network]) => [name, routed ? { ...network, defaultRoute: false, nameservers: null } : network]);
}

/** Bonds that were asked for, and bonds somebody else made that carry one of the networks. */
function wantedBonds({ state, after }: Completed, networks: Record<string, NetworkConfig>): Record<string, BondConfig> {
  const carrying = new Set(Object.values(networks).map((network) => network.base));
  const asked = (bond: BondAfter) => {
    const nic = bond.id === null ? undefined : lookup(state).nicById.get(bond.id);
    return nic === undefined || nic.bond !== null;
  };
  return Object.fromEntries(
    [...after.bonds.values()]
      .filter((bond) => carrying.has(bond.name) || asked(bond))
      .map((bond) => [bond.name, bondConfig(bond)]),
  );
}

function bondConfig(bond: BondAfter): BondConfig {
  return { slaves: bond.slaves, options: Object.fromEntries(normalisedBondOptions(bond.options)) };
}
