import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { LabelSubject } from '../subjects.ts';

export const lbl10NicCoherent = defineRule({
  id: 'LBL-10',
  key: 'NIC_LABEL_REFERENCES_NICS_INCOHERENTLY',
  status: 400,
  sentence: 'Label {label}: nic id {id} and name {name} do not belong together; give one of them.',
  *find({ completed: { state }, label: { label, nicRef, path } }: LabelSubject) {
    const { id, name } = nicRef;
    const known = lookup(state);
    if (id === null || name === null || known.nicById.get(id) === known.nicByName.get(name)) return;
    yield { path, values: { label, id, name } };
  },
});
