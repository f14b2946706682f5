import type { Completed } from '../../complete/completed.ts';
import { defineRule } from '../rule.ts';

/** Letters, digits, dash and underscore, and at least one of them. */
export const isLabel = (text: string) => /^[0-9a-zA-Z_-]+$/.test(text);

export const lbl01Format = defineRule({
  id: 'LBL-01',
  key: 'NETWORK_LABEL_FORMAT_INVALID',
  status: 400,
  sentence: 'Label {label} may only contain letters, digits, dash and underscore.',
  *find({ labels, removedLabels }: Completed) {
    for (const { label, path } of [...labels, ...removedLabels]) {
      if (label !== '' && !isLabel(label)) yield { path, values: { label } };
    }
  },
});

export const lbl02Given = defineRule({
  id: 'LBL-02',
  key: 'LABEL_ON_NETWORK_LABEL_CANNOT_BE_NULL',
  status: 400,
  sentence: '{path}: the label is missing.',
  *find({ labels, removedLabels }: Completed) {
    for (const { label, path } of [...labels, ...removedLabels]) if (label === '') yield { path, values: { path } };
  },
});

export const lbl03NamesNic = defineRule({
  id: 'LBL-03',
  key: 'NIC_LABEL_VALIDATION_NIC_ID_OR_NIC_NAME_MUST_BE_SET',
  status: 400,
  sentence: 'Label {label} names no nic; give host_nic by id or name.',
  *find({ labels }: Completed) {
    for (const { label, nicRef, path } of labels) {
      if (nicRef.id === null && nicRef.name === null) yield { path, values: { label } };
    }
  },
});
