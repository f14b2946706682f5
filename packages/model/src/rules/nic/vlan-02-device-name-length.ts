import { defineRule } from '../rule.ts';
import { type NicSubject, networkName } from '../subjects.ts';

export const vlan02DeviceNameLength = defineRule({
  id: 'VLAN-02',
  key: 'OHN_VLAN_02',
  status: 400,
  sentence: '{network}: the vlan device {device} would have a longer name than the 15 characters the kernel takes.',
  *find({ nic, attachments }: NicSubject) {
    for (const attachment of attachments) {
      const vlan = attachment.network?.vlan ?? null;
      const device = `${nic}.${vlan}`;
      if (vlan === null || device.length <= 15) continue;
      yield { path: attachment.path, label: attachment.label, values: { network: networkName(attachment), device } };
    }
  },
});
