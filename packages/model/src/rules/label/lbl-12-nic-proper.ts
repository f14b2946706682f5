import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { LabelSubject } from '../subjects.ts';

export const lbl12NicProper = defineRule({
  id: 'LBL-12',
  key: 'LABEL_ATTACH_TO_IMPROPER_INTERFACE',
  status: 400,
  sentence: '{nic} cannot get label {label} because it is {what}.',
  *find({ completed: { state, after }, label: { label, nic, path } }: LabelSubject) {
    if (nic === null) return;
    const bond = after.masterOf.get(nic);
    const isVlan = lookup(state).nicByName.get(nic)?.kind === 'vlan';
    if (!bond && !isVlan) return;
    yield { path, values: { nic, label, what: bond ? `a slave of ${bond}` : 'a vlan device' } };
  },
});
