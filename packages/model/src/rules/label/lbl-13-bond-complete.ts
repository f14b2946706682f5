import { defineRule } from '../rule.ts';
import type { LabelSubject } from '../subjects.ts';

export const lbl13BondComplete = defineRule({
  id: 'LBL-13',
  key: 'IMPROPER_BOND_IS_LABELED',
  status: 400,
  sentence: 'Bond {bond} has fewer than two slaves and cannot get label {label}.',
  *find({ completed: { after }, label: { label, nic, path } }: LabelSubject) {
    const bond = after.bonds.get(nic ?? '');
    if (bond && bond.id !== null && bond.slaves.length < 2) yield { path, values: { bond: bond.name, label } };
  },
});
