import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

/** Slaves of bonds in the request are the matter of BOND-10 and BOND-11. */
export const att18NotOnSlave = defineRule({
  id: 'ATT-18',
  key: 'CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN',
  status: 400,
  sentence: '{nic} is a slave of {bond}; attach {network} to the bond.',
  *find({ completed, attachment }: AttachmentSubject) {
    const bond = completed.after.masterOf.get(attachment.nic ?? '');
    if (attachment.nic === null || !bond || completed.bonds.some((one) => one.name === bond)) return;
    const values = { nic: attachment.nic, bond, network: networkName(attachment) };
    yield { path: attachment.path, label: attachment.label, values };
  },
});
