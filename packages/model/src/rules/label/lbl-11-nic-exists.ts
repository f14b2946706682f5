import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type LabelSubject, refName } from '../subjects.ts';

export const lbl11NicExists = defineRule({
  id: 'LBL-11',
  key: 'INTERFACE_ON_NIC_LABEL_NOT_EXIST',
  status: 400,
  sentence: 'Label {label}: nic {nic} does not exist after this request.',
  *find({ completed, label: { label, nic, nicRef, path } }: LabelSubject) {
    const known = lookup(completed.state);
    const named = nicRef.id !== null || nicRef.name !== null;
    const incoherent = known.nicById.has(nicRef.id ?? '') || known.nicByName.has(nicRef.name ?? '');
    const unknown = nic === null && named && !incoherent;
    const removed = nic !== null && completed.removedBonds.some((bond) => bond.nic?.name === nic);
    if (unknown || removed) yield { path, values: { label, nic: nic ?? refName(nicRef) } };
  },
});
