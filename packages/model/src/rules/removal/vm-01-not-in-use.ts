import { defineRule } from '../rule.ts';
import { list, type RemovalSubject } from '../subjects.ts';

/** Only removals: a network that moves to another nic stays under its VMs. */
export const vm01NotInUse = defineRule({
  id: 'VM-01',
  key: 'NETWORK_CANNOT_DETACH_NETWORK_USED_BY_VMS',
  status: 409,
  sentence: '{network} is in use by {vms} on host {host}; unplug it there first.',
  *find({ completed: { state }, removal: { network, path, label } }: RemovalSubject) {
    const vms = (network && state.workload?.vmsOn.get(network.id)) ?? [];
    if (!network || vms.length === 0) return;
    yield { path, label, values: { network: network.name, vms: list(vms), host: state.host.name } };
  },
});
