import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type BondSubject, refName } from '../subjects.ts';

export const bond07SlaveExists = defineRule({
  id: 'BOND-07',
  key: 'HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST',
  status: 400,
  sentence: 'Slave {slave} of {bond} does not exist on {host}.',
  *find({ completed, bond: { name, slaves, path } }: BondSubject) {
    for (const slave of slaves) {
      if (slave.name !== null && !lookup(completed.state).vanishedNics.has(slave.name)) continue;
      const values = {
        slave: slave.name ?? refName(slave.ref),
        bond: name ?? 'the bond',
        host: completed.state.host.name,
      };
      yield { path, values };
    }
  },
});
