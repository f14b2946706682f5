import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

/** Two bonds of the request that both want the slave are the matter of BOND-13. */
export const bond09SlaveFree = defineRule({
  id: 'BOND-09',
  key: 'NETWORK_INTERFACE_ALREADY_IN_BOND',
  status: 409,
  sentence: '{slave} already belongs to {bond}; take it from there or remove {bond} in the same request.',
  *find({ completed: { state, after, bonds }, bond: { name: wanted, slaves, path } }: BondSubject) {
    for (const { name } of slaves) {
      const bond = lookup(state).bondOfSlave.get(name ?? '')?.name;
      if (name === null || bond === undefined || bond === wanted || bonds.some((one) => one.name === bond)) continue;
      if (after.bonds.get(bond)?.slaves.includes(name)) yield { path, values: { slave: name, bond } };
    }
  },
});
