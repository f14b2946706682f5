import { normalisedBondOptions } from '../bond/normalise.ts';
import type { BondAfter, Completed } from '../complete/completed.ts';
import { lookup } from '../state/lookup.ts';
import type { BondConfig, HostConfig, NetworkConfig } from './host-config.ts';
import { networkConfig } from './network-config.ts';
import { onWhatIsThere } from './on-what-is-there.ts';

/**
 * The whole host as it shall look after a valid change: wanted bonds, every attachment's network whether or not the request
 * mentions it, and networks the cluster does not have that stay.
 *
 * A nic that has vanished cannot be told to a host: bonds are told without it, and networks on it stay as far as they stand
 * without it. They remain wished, and show as out of sync. An attachment whose network has left the cluster or whose nic is
 * not known any more is left out.
 *
 * @param unmanaged how the host runs networks the cluster does not have, by host-side name; they are kept as they are except
 *   those the request removes, and except the default route and name servers when a network of the cluster has that role here
 */
export function toHostConfig(
  completed: Completed,
  unmanaged: Readonly<Record<string, NetworkConfig>> = {},
): HostConfig {
  const managed = managedNetworks(completed);
  const wished = [...unmanagedNetworks(completed, unmanaged, managed), ...managed];
  const bonds = wantedBonds(completed, new Set(wished.map(([, network]) => network.base)));
  const networks = Object.fromEntries(
    wished.flatMap(([name, network]) => {
      const told = onWhatIsThere(completed.state, bonds, name, network);
      return told ? [[name, told] as const] : [];
    }),
  );
  const virtualFunctions = functionCounts(completed);
  return { bonds, networks, ...(Object.keys(virtualFunctions).length === 0 ? {} : { virtualFunctions }) };
}

/**
 * Numbers of virtual functions that were ever asked for. One that the request does not mention is told as it is, whatever it should
 * be: another number takes every function away and may reset the nic, which nobody expects of a change of something else. Told it
 * is, so that the next boot brings it back.
 */
function functionCounts({ state, virtualFunctions }: Completed): Record<string, number> {
  const { observedNic } = lookup(state);
  const asked = new Map(virtualFunctions.map(({ nic, count }) => [nic?.id, count]));
  return Object.fromEntries(
    state.nics.flatMap(({ id, name, vfCount }) => {
      const seen = observedNic.get(name)?.sriov;
      const count = asked.get(id) ?? (vfCount === undefined ? undefined : (seen?.current ?? vfCount));
      const missing = state.observed !== null && seen === undefined;
      return count === undefined || missing ? [] : [[name, count]];
    }),
  );
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
function wantedBonds({ state, after }: Completed, carrying: ReadonlySet<string | null>): Record<string, BondConfig> {
  const { nicById, vanishedNics } = lookup(state);
  const asked = (bond: BondAfter) => bond.id === null || nicById.get(bond.id)?.bond !== null;
  return Object.fromEntries(
    [...after.bonds.values()]
      .filter((bond) => carrying.has(bond.name) || asked(bond))
      .map((bond) => ({ ...bond, slaves: bond.slaves.filter((slave) => !vanishedNics.has(slave)) }))
      .filter((bond) => bond.slaves.length > 0)
      .map(({ name, slaves, options }) => [
        name,
        { slaves, options: Object.fromEntries(normalisedBondOptions(options)) },
      ]),
  );
}
