import type { HostState } from '../host-state.ts';
import { currentBond } from './current-bond.ts';
import { lookup } from './lookup.ts';

/**
 * Devices that carry the management network: where it is wished, where it is reported, slaves, and the nics of virtual functions
 * among these.
 */
export function managementDevices(state: HostState): ReadonlySet<string> {
  const known = lookup(state);
  const management = state.networks.filter((network) => network.assignment.roles.management);
  const bases = management.flatMap(({ id, vdsmName }) => {
    const wished = known.nicById.get(known.attachmentByNetworkId.get(id)?.nicId ?? '')?.name;
    return [wished, known.observedNetwork.get(vdsmName)?.base].flatMap((name) => name ?? []);
  });
  const slaves = bases.flatMap((name) => {
    const nic = known.nicByName.get(name);
    return (nic && currentBond(state, nic)?.slaves) ?? [];
  });
  const ports = [...bases, ...slaves];
  return new Set([...ports, ...ports.flatMap((name) => known.observedNic.get(name)?.physicalFunction ?? [])]);
}
