import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

export const bond08SlaveIsNic = defineRule({
  id: 'BOND-08',
  key: 'NETWORK_INTERFACE_BOND_OR_VLAN_CANNOT_BE_SLAVE',
  status: 409,
  sentence: '{slave} is a {kind} and cannot be a slave.',
  *find({ completed, bond: { slaves, path } }: BondSubject) {
    for (const { name } of slaves) {
      const nic = lookup(completed.state).nicByName.get(name ?? '');
      if (nic && nic.kind !== 'nic') yield { path, values: { slave: nic.name, kind: spoken[nic.kind] } };
    }
  },
});

const spoken = { bond: 'bond', vlan: 'vlan device' } as const;
