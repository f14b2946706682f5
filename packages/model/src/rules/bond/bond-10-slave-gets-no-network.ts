import { defineRule } from '../rule.ts';
import { type BondSubject, networkName } from '../subjects.ts';
import { staysOn } from './stays-on.ts';

export const bond10SlaveGetsNoNetwork = defineRule({
  id: 'BOND-10',
  key: 'NETWORK_INTERFACE_ADDED_TO_BOND_AND_NETWORK_IS_ATTACHED_TO_IT_AT_THE_SAME_TIME',
  status: 409,
  sentence: '{slave} cannot become a slave of {bond} and receive {network} at once; attach {network} to {bond}.',
  *find({ completed, bond: { name: bond, slaves, path } }: BondSubject) {
    for (const { name } of slaves) {
      if (name === null || bond === null) continue;
      for (const attachment of completed.after.attachmentsOn.get(name) ?? []) {
        if (staysOn(attachment, name, completed)) continue;
        yield { path, label: attachment.label, values: { slave: name, bond, network: networkName(attachment) } };
      }
    }
  },
});
