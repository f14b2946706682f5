import type { Completed } from '../../complete/completed.ts';
import { defineRule } from '../rule.ts';
import { list } from '../subjects.ts';

export const bond16NotAlsoRemoved = defineRule({
  id: 'BOND-16',
  key: 'BONDS_UPDATED_AND_REMOVED_SIMULTANEOUSLY',
  status: 400,
  sentence: 'Bonds both changed and removed: {bonds}; ask for one of them.',
  *find({ bonds, removedBonds }: Completed) {
    const removed = new Set(removedBonds.map((removal) => removal.nic?.id));
    const both = bonds.filter((bond) => bond.stored && removed.has(bond.stored.id));
    const [first] = both;
    if (first) yield { path: first.path, values: { bonds: list(both.map((bond) => bond.stored?.name ?? '')) } };
  },
});
