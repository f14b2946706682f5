import { defineRule } from '../rule.ts';
import { type BondSubject, list } from '../subjects.ts';

export const bond13SlaveOfOneBond = defineRule({
  id: 'BOND-13',
  key: 'NETWORK_INTERFACE_REFERENCED_AS_A_SLAVE_MULTIPLE_TIMES',
  status: 409,
  sentence: '{slave} is listed as a slave of several bonds: {bonds}.',
  *find({ completed, bond }: BondSubject) {
    for (const { name } of bond.slaves) {
      const wanting = completed.bonds.filter((one) => one.slaves.some((slave) => slave.name === name));
      // Said once, at the first of the bonds.
      if (name === null || wanting.length < 2 || wanting[0] !== bond) continue;
      yield { path: bond.path, values: { slave: name, bonds: list(wanting.map((one) => one.name ?? '(unnamed)')) } };
    }
  },
});
