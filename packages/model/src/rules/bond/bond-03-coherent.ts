import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

/** Hence a bond cannot be renamed. */
export const bond03Coherent = defineRule({
  id: 'BOND-03',
  key: 'BOND_REFERENCES_NICS_INCOHERENTLY',
  status: 400,
  sentence: 'Bond id {id} belongs to {actual}, not {name}; a bond cannot be renamed.',
  *find({ bond: { stored, name, path } }: BondSubject) {
    if (!stored || name === null || stored.name === name) return;
    yield { path, values: { id: stored.id, actual: stored.name, name } };
  },
});
