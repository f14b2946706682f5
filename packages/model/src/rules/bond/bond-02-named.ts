import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

export const bond02Named = defineRule({
  id: 'BOND-02',
  key: 'BOND_DOES_NOT_HAVE_NEITHER_ID_NOR_NAME_SPECIFIED',
  status: 400,
  sentence: '{path}: a bond needs an id or a name.',
  *find({ bond: { id, name, path } }: BondSubject) {
    if (id === null && name === null) yield { path, values: { path: path ?? 'bond' } };
  },
});
