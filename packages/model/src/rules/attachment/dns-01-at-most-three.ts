import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const dns01AtMostThree = defineRule({
  id: 'DNS-01',
  key: 'OHN_DNS_01',
  status: 400,
  sentence: '{network}: between 1 and 3 name servers may be given, got {count}.',
  *find({ attachment }: AttachmentSubject) {
    const count = attachment.nameservers?.length ?? 0;
    if (count > 3) yield { path: attachment.path, values: { network: networkName(attachment), count } };
  },
});
