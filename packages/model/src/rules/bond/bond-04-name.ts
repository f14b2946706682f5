import type { ClusterVersion } from '../../entities.ts';
import { isAtLeast } from '../../network/cluster-version.ts';
import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

/** From here on a bond may be called more than a number. */
const customNames: ClusterVersion = { major: 4, minor: 3 };

/** Only of new bonds: what is there has its name, and BOND-05 says whether it is a bond. */
export const bond04Name = defineRule({
  id: 'BOND-04',
  key: 'NETWORK_BOND_NAME_BAD_FORMAT',
  status: 400,
  sentence: '{name}: a bond name is "bond" followed by {allowed}.',
  *find({ completed: { state }, bond: { name, stored, path } }: BondSubject) {
    if (stored || name === null) return;
    const custom = isAtLeast(state.cluster.version, customNames);
    if ((custom ? /^bond\w+$/ : /^bond\d+$/).test(name)) return;
    const allowed = custom
      ? 'letters, digits or underscore'
      : `digits in cluster ${state.cluster.name}, which is older than 4.3`;
    yield { path, values: { name, allowed } };
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
