import { isNameServer } from '../../address/canonical.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const dns02Addresses = defineRule({
  id: 'DNS-02',
  key: 'BAD_IPV4_OR_IPV6_ADDRESS_FORMAT',
  status: 400,
  sentence: '{network}: name server {value} is not an IP address.',
  *find({ attachment }: AttachmentSubject) {
    for (const value of attachment.nameservers ?? []) {
      if (!isNameServer(value)) yield { path: attachment.path, values: { network: networkName(attachment), value } };
    }
  },
});
