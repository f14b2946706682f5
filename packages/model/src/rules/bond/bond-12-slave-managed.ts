import { defineRule } from '../rule.ts';
import type { BondSubject } from '../subjects.ts';

/** Unlike with oVirt, removing the unmanaged network in the same request is enough. */
export const bond12SlaveManaged = defineRule({
  id: 'BOND-12',
  key: 'NETWORK_INTERFACE_WITH_UNMANAGED_NETWORK_CANNOT_BE_SLAVE',
  status: 400,
  sentence: '{slave} carries unmanaged network {network}; remove it in the same request.',
  *find({ completed: { after }, bond: { slaves, path } }: BondSubject) {
    for (const { name } of slaves) {
      for (const network of after.unmanagedOn.get(name ?? '') ?? []) {
        yield { path, values: { slave: name ?? '', network: network.vdsmName } };
      }
    }
  },
});
