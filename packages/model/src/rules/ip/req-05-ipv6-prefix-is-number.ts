import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const req05Ipv6PrefixIsNumber = defineRule({
  id: 'REQ-05',
  key: 'OHN_REQ_05',
  status: 400,
  sentence: '{network}: the IPv6 prefix must be a whole number, got {value}.',
  *find({ attachment }: AttachmentSubject) {
    const value = attachment.ipv6.netmask;
    if (value === null || /^\d+$/.test(value)) return;
    yield { path: attachment.path, values: { network: networkName(attachment), value } };
  },
});
