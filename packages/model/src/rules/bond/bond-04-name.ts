import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

/** Only of new bonds: what is there has its name, and BOND-05 says whether it is a bond. */
export const bond04Name = defineRule({
  id: 'BOND-04',
  key: 'NETWORK_BOND_NAME_BAD_FORMAT',
  status: 400,
  sentence: '{name}: a bond name is "bond" followed by letters, digits or underscore.',
  *find({ bond: { name, stored, path } }: BondSubject) {
    if (!stored && name !== null && !/^bond\w+$/.test(name)) yield { path, values: { name } };
  },
});

export const bond04bNameLength = defineRule({
  id: 'BOND-04b',
  key: 'OHN_BOND_04B',
  status: 400,
  sentence: '{name} is longer than the 15 characters a device name may have.',
  *find({ bond: { name, stored, path } }: BondSubject) {
    if (!stored && name !== null && name.length > 15) yield { path, values: { name } };
  },
});
