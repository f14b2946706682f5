import { defineRule } from '../rule.ts';
import type { RemovedBondSubject } from '../subjects.ts';

export const bond19RemovedManaged = defineRule({
  id: 'BOND-19',
  key: 'OHN_BOND_19',
  status: 409,
  sentence: 'Bond {bond} carries unmanaged network {network}; remove that in the same request.',
  *find({ completed, removal: { nic, path } }: RemovedBondSubject) {
    if (nic?.kind !== 'bond') return;
    for (const { vdsmName } of completed.after.unmanagedOn.get(nic.name) ?? []) {
      yield { path, values: { bond: nic.name, network: vdsmName } };
    }
  },
});
