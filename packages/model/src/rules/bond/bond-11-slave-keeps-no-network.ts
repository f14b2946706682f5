import { defineRule } from '../rule.ts';
import { type BondSubject, networkName } from '../subjects.ts';
import { staysOn } from './stays-on.ts';

export const bond11SlaveKeepsNoNetwork = defineRule({
  id: 'BOND-11',
  key: 'NETWORK_INTERFACE_ATTACHED_TO_NETWORK_CANNOT_BE_SLAVE',
  status: 409,
  sentence: '{slave} still carries {network}; move or remove it in the same request.',
  *find({ completed, bond: { slaves, path } }: BondSubject) {
    for (const { name } of slaves) {
      for (const attachment of completed.after.attachmentsOn.get(name ?? '') ?? []) {
        if (name === null || !staysOn(attachment, name, completed)) continue;
        yield { path, values: { slave: name, network: networkName(attachment) } };
      }
    }
  },
});
