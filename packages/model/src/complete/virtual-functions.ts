import type { VfChange } from '../change-set.ts';
import type { Nic, VfAllowance } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import { type Lookup, lookup } from '../state/lookup.ts';
import type { WantedVfs } from './completed.ts';
import { completeNicRef, nicOf } from './references.ts';

/** Until somebody says otherwise, every network may use the virtual functions of a nic. */
export const everyNetwork: VfAllowance = Object.freeze({ allNetworksAllowed: true, networkIds: [], labels: [] });

/** A change on top of what is stored of the nic. */
export function wantedVfs(state: HostState, change: VfChange): WantedVfs {
  const known = lookup(state);
  const nicRef = completeNicRef(change.nic, known);
  const nic = nicOf(nicRef, known);
  const stored = nic?.vfs ?? everyNetwork;
  const allNetworksAllowed = change.allNetworksAllowed ?? stored.allNetworksAllowed;
  const allowance = {
    allNetworksAllowed: false,
    networkIds: change.networkIds ?? stored.networkIds,
    labels: change.labels ?? stored.labels,
  };
  return {
    nicRef,
    nic,
    count: change.count === undefined || isCount(known, nic, change.count) ? null : change.count,
    allowance: allNetworksAllowed ? everyNetwork : allowance,
    path: change.path,
  };
}

/** Whether the number was asked for before, and is what the host reports. */
function isCount({ observedNic }: Lookup, nic: Nic | null, count: number): boolean {
  const seen = observedNic.get(nic?.name ?? '')?.sriov?.current ?? count;
  return nic?.vfCount === count && seen === count;
}

/** Whether all of it is so already. */
export function areVfsUnchanged({ nic, count, allowance }: WantedVfs): boolean {
  if (nic === null || count !== null) return false;
  const stored = nic.vfs ?? everyNetwork;
  return (
    allowance.allNetworksAllowed === stored.allNetworksAllowed &&
    sameSet(allowance.networkIds, stored.networkIds) &&
    sameSet(allowance.labels, stored.labels)
  );
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item) => other.includes(item));
}
