import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { RemovalSubject } from '../subjects.ts';

export const lbl22LeavesWithItsLabel = defineRule({
  id: 'LBL-22',
  key: 'ACTION_TYPE_FAILED_CANNOT_REMOVE_LABELED_NETWORK_FROM_NIC',
  status: 409,
  sentence: '{network} is on {nic} through label {label}; remove the label instead.',
  *find({ completed: { state, after }, removal: { network, stored, path } }: RemovalSubject) {
    const nic = lookup(state).nicById.get(stored?.nicId ?? '');
    const label = network?.label ?? null;
    if (!network || !nic || label === null || !after.labelsOn.get(nic.name)?.includes(label)) return;
    if (nic.labels.includes(label)) yield { path, values: { network: network.name, nic: nic.name, label } };
  },
});
