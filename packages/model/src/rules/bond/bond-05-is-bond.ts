import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

export const bond05IsBond = defineRule({
  id: 'BOND-05',
  key: 'NETWORK_INTERFACE_IS_NOT_BOND',
  status: 409,
  sentence: '{name} exists and is not a bond.',
  *find({ bond: { stored, path } }: BondSubject) {
    if (stored && stored.kind !== 'bond') yield { path, values: { name: stored.name } };
  },
});
