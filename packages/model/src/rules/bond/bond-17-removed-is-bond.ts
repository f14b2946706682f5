import { defineRule } from '../rule.ts';
import type { RemovedBondSubject } from '../subjects.ts';

export const bond17RemovedIsBond = defineRule({
  id: 'BOND-17',
  key: 'NETWORK_INTERFACE_IS_NOT_BOND',
  status: 409,
  sentence: '{name} is not a bond and cannot be removed as one.',
  *find({ removal: { nic, path } }: RemovedBondSubject) {
    if (nic && nic.kind !== 'bond') yield { path, values: { name: nic.name } };
  },
});
