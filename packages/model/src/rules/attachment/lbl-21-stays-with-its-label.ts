import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

/** A removed bond keeps no labels, so networks leave it freely. */
export const lbl21StaysWithItsLabel = defineRule({
  id: 'LBL-21',
  key: 'ACTION_TYPE_FAILED_CANNOT_MOVE_LABELED_NETWORK_TO_ANOTHER_NIC',
  status: 409,
  sentence: '{network} is on {nic} through label {label}; move the label instead.',
  *find({ completed: { state, after }, attachment }: AttachmentSubject) {
    const { stored, network, nic, path } = attachment;
    const from = lookup(state).nicById.get(stored?.nicId ?? '');
    const label = network?.label ?? null;
    if (!from || nic === null || nic === from.name || label === null) return;
    if (!from.labels.includes(label) || !after.labelsOn.get(from.name)?.includes(label)) return;
    yield { path, values: { network: networkName(attachment), nic: from.name, label } };
  },
});
