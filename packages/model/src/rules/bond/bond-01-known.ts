import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

export const bond01Known = defineRule({
  id: 'BOND-01',
  key: 'HOST_NETWORK_INTERFACE_HAVING_ID_DOES_NOT_EXIST',
  status: 400,
  sentence: 'Host {host} has no nic with id {id}.',
  *find({ completed: { state }, bond: { change, path } }: BondSubject) {
    const id = change?.id ?? null;
    if (id !== null && !lookup(state).nicById.has(id)) yield { path, values: { host: state.host.name, id } };
  },
});
