import { ipv6Prefix, isIpv6 } from '../../address/ipv6.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const ip10Ipv6Addresses = defineRule({
  id: 'IP-10',
  key: 'BAD_IPV6_ADDRESS_FORMAT',
  status: 400,
  sentence: '{network}: {value} is not a valid IPv6 {field}.',
  *find({ attachment }: AttachmentSubject) {
    for (const field of ['address', 'gateway'] as const) {
      const value = attachment.ipv6[field];
      if (value === null || isIpv6(value)) continue;
      yield { path: attachment.path, values: { network: networkName(attachment), value, field } };
    }
  },
});

export const ip10Ipv6Prefix = defineRule({
  id: 'IP-10',
  key: 'OHN_IP_10',
  status: 400,
  sentence: '{network}: an IPv6 prefix length is 0 to 128, got {value}.',
  *find({ attachment }: AttachmentSubject) {
    const value = attachment.ipv6.netmask;
    if (value === null || !/^\d+$/.test(value) || ipv6Prefix(value) !== null) return;
    yield { path: attachment.path, values: { network: networkName(attachment), value } };
  },
});
