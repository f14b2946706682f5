import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const lbl20WhereItsLabelGoes = defineRule({
  id: 'LBL-20',
  key: 'NETWORK_SHOULD_BE_ATTACHED_VIA_LABEL_TO_ANOTHER_NIC',
  status: 409,
  sentence: '{network} belongs to label {label}, which this request puts on {labelNic}, not {nic}.',
  *find({ completed, attachment }: AttachmentSubject) {
    const { nic, network, path } = attachment;
    const placed = completed.labels.find((one) => one.label === network?.label);
    if (nic === null || !placed || placed.nic === null || placed.nic === nic) return;
    yield { path, values: { network: networkName(attachment), label: placed.label, labelNic: placed.nic, nic } };
  },
});
