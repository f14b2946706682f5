import type { Completed } from '../../complete/completed.ts';
import { defineRule } from '../rule.ts';
import { list, refName } from '../subjects.ts';

export const bond15RemovedKnown = defineRule({
  id: 'BOND-15',
  key: 'NETWORK_BOND_RECORDS_DOES_NOT_EXISTS',
  status: 400,
  sentence: 'Cannot remove bonds that host {host} does not have: {bonds}.',
  *find({ state, removedBonds }: Completed) {
    const unknown = removedBonds.filter((removal) => !removal.nic);
    const [first] = unknown;
    if (!first) return;
    yield { path: first.path, values: { host: state.host.name, bonds: list(unknown.map(({ ref }) => refName(ref))) } };
  },
});
