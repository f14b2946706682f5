import type { VfChange } from '../change-set.ts';
import type { HostState } from '../host-state.ts';
import { lookup } from './lookup.ts';
import { managementDevices } from './management-devices.ts';
import { usedFunctions } from './virtual-functions.ts';

/**
 * Numbers of virtual functions that were asked for and are not there, where they can be put right by the way: no function is in
 * use, and nothing can be cut off.
 */
export function driftedFunctions(state: HostState): VfChange[] {
  const { observedNic } = lookup(state);
  const kept = managementDevices(state);
  return state.nics.flatMap((nic) => {
    const seen = observedNic.get(nic.name)?.sriov?.current;
    if (nic.vfCount === undefined || seen === undefined || seen === nic.vfCount) return [];
    if (kept.has(nic.name) || usedFunctions(state, nic, null).length > 0) return [];
    return [{ nic: { id: nic.id, name: nic.name }, count: nic.vfCount, path: `virtual functions of ${nic.name}` }];
  });
}
