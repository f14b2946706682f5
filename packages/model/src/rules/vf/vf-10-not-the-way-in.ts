import { lookup } from '../../state/lookup.ts';
import { managementDevices } from '../../state/management-devices.ts';
import { defineRule } from '../rule.ts';
import type { VfsSubject } from '../subjects.ts';

/** The host refuses it as well: it knows by which nic the engine really reaches it. */
export const vf10NotTheWayIn = defineRule({
  id: 'VF-10',
  key: 'OHN_VF_10',
  status: 409,
  sentence:
    '{nic} carries the management network, and its driver may reset it for another number of virtual functions; send force to have it all the same.',
  *find({ completed: { state, request }, wanted: { nic, count, path } }: VfsSubject) {
    if (nic === null || count === null || request.force) return;
    const changes = lookup(state).observedNic.get(nic.name)?.sriov?.current !== count;
    if (changes && managementDevices(state).has(nic.name)) yield { path, values: { nic: nic.name } };
  },
});
