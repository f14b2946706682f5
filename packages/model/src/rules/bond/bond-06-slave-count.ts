import { defineRule } from '../rule.ts';
import { type BondSubject, refName } from '../subjects.ts';

export const bond06SlaveCount = defineRule({
  id: 'BOND-06',
  key: 'NETWORK_BONDS_INVALID_SLAVE_COUNT',
  status: 400,
  sentence: 'Bond {bond} needs at least two slaves, got {count}.',
  *find({ bond: { name, slaves, stored, path } }: BondSubject) {
    const count = new Set(slaves.map((slave) => slave.name ?? refName(slave.ref))).size;
    if (stored && stored.kind !== 'bond') return;
    if (count < 2) yield { path, values: { bond: name ?? '(unnamed)', count } };
  },
});
