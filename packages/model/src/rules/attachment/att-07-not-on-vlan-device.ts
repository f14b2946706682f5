import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const att07NotOnVlanDevice = defineRule({
  id: 'ATT-07',
  key: 'ATTACHMENT_REFERENCE_VLAN_DEVICE',
  status: 400,
  sentence: 'Network {network} must be attached to {base}, the device below, not to the vlan device {nic}.',
  *find({ completed: { state }, attachment }: AttachmentSubject) {
    const nic = lookup(state).nicByName.get(attachment.nic ?? '');
    if (nic?.kind !== 'vlan') return;
    const values = { network: networkName(attachment), base: nic.base ?? 'its base', nic: nic.name };
    yield { path: attachment.path, label: attachment.label, values };
  },
});
