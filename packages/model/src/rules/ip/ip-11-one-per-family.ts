import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const ip11OnePerFamily = defineRule({
  id: 'IP-11',
  key: 'OHN_IP_11',
  status: 400,
  sentence: '{network}: only one {version} address per attachment is supported.',
  *find({ attachment }: AttachmentSubject) {
    const given = attachment.change?.ip;
    for (const [version, count] of [
      ['IPv4', given?.ipv4.length ?? 0],
      ['IPv6', given?.ipv6.length ?? 0],
    ] as const) {
      if (count > 1) yield { path: attachment.path, values: { network: networkName(attachment), version } };
    }
  },
});
