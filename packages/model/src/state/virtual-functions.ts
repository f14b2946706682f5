/** SR-IOV: what a nic can have of virtual functions, and which of them are in use. */
import type { HostAfter } from '../complete/completed.ts';
import type { Nic } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import { lookup } from './lookup.ts';

/**
 * How many virtual functions a nic can have, and has; null when it is no physical function. One that has vanished could have those
 * that were asked for, so that they can be asked for no longer.
 */
export function functionsOf(state: HostState, { name, vfCount }: Nic): { total: number; current: number } | null {
  const { observedNic, vanishedNics } = lookup(state);
  const reported = observedNic.get(name)?.sriov;
  if (reported !== undefined) return reported;
  return vfCount !== undefined && vanishedNics.has(name) ? { total: vfCount, current: 0 } : null;
}

/**
 * Virtual functions of a nic that something uses, each with what.
 * @param after the host as it shall be, when that is known: what is still to come uses them too
 */
export function usedFunctions(state: HostState, nic: Nic, after: HostAfter | null): string[] {
  const { observedNic } = lookup(state);
  const functions = (state.observed?.nics ?? []).filter((one) => one.physicalFunction === nic.name);
  const used = functions.flatMap(({ name }) => {
    const user = userOf(state, name, after);
    return user === null ? [] : [`${name} (${user})`];
  });
  const held = observedNic.get(nic.name)?.sriov?.held ?? 0;
  return held > 0 ? [...used, `${held} given to a VM or a container`] : used;
}

function userOf(state: HostState, name: string, after: HostAfter | null): string | null {
  const { nicByName, observedNic, networkById } = lookup(state);
  const vm = state.workload?.holderOf.get(name);
  if (vm !== undefined) return `VM ${vm}`;
  const id = nicByName.get(name)?.id;
  const attached = state.attachments.find((one) => one.nicId === id);
  const network =
    after?.attachmentsOn.get(name)?.[0]?.network?.name ??
    (attached && (networkById.get(attached.networkId)?.name ?? attached.networkId)) ??
    state.observed?.networks.find((one) => one.base === name)?.vdsmName;
  if (network !== undefined) return `network ${network}`;
  const bond = after?.masterOf.get(name) ?? observedNic.get(name)?.master;
  if (typeof bond === 'string') return `slave of ${bond}`;
  const vlan = state.observed?.nics.find((one) => one.kind === 'vlan' && one.base === name);
  return vlan === undefined ? null : `VLAN device ${vlan.name}`;
}
