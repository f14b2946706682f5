import { normalisedBondOptions } from '../bond/normalise.ts';
import type { BondAfter, Completed } from '../complete/completed.ts';
import { lookup } from '../state/lookup.ts';
import type { BondConfig, HostConfig, NetworkConfig } from './host-config.ts';
import { keptNetworks } from './kept-networks.ts';
import { networkConfig } from './network-config.ts';
import { onWhatIsThere } from './on-what-is-there.ts';
import { withOneDefaultRoute } from './one-default-route.ts';

/**
 * The whole host as it shall look after a valid change: wanted bonds, the networks that the request mentions as they shall be, and
 * all others as they run. A network whose definition changed meanwhile, and was held back from this host or refused by a rule, is
 * not brought along by a change of something else; it waits for its synchronisation.
 *
 * A nic that has vanished cannot be told to a host: bonds are told without it, and networks on it stay as far as they stand
 * without it. They remain wished, and show as out of sync. An attachment whose nic is not known any more is left out, and one whose
 * network has left the cluster is told as it runs.
 *
 * @param running how the host runs its networks, by host-side name: attached ones and those that the cluster does not have are kept
 *   as they are when the request neither mentions nor removes them, except that the default route and the name servers go where the
 *   cluster wants them when the request moves them; an attachment that does not run is told as it shall be
 */
export function toHostConfig(completed: Completed, running: Readonly<Record<string, NetworkConfig>> = {}): HostConfig {
  const wishes = wishedNetworks(completed);
  const kept = keptNetworks(completed, running, wishes);
  const carrying = [...wishes.values(), ...kept.values()].map(({ base }) => base);
  const bonds = wantedBonds(completed, new Set(carrying));
  const there = (networks: ReadonlyMap<string, NetworkConfig>) =>
    new Map(
      [...networks].flatMap(([name, network]) => {
        const told = onWhatIsThere(completed.state, bonds, name, network);
        return told ? [[name, told] as const] : [];
      }),
    );
  const networks = Object.fromEntries(withOneDefaultRoute(there(wishes), there(kept)));
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

/** Networks of the cluster as they shall be, by host-side name. */
function wishedNetworks({ after }: Completed): Map<string, NetworkConfig> {
  return new Map(
    after.attachments.flatMap((wish) =>
      wish.network && wish.nic !== null
        ? [[wish.network.vdsmName, networkConfig(wish.network, wish.nic, wish)] as const]
        : [],
    ),
  );
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
