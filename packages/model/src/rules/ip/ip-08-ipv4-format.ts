import { isIpv4 } from '../../address/ipv4.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

const sentence = '{network}: {value} is not an IPv4 {field}.';

export const ip08Ipv4Address = defineRule({
  id: 'IP-08',
  key: 'IPV4_ADDR_BAD_FORMAT',
  status: 400,
  sentence,
  *find({ attachment }: AttachmentSubject) {
    const value = attachment.ipv4.address;
    if (value === null || isIpv4(value)) return;
    yield { path: attachment.path, values: { network: networkName(attachment), value, field: 'address' } };
  },
});

export const ip08Ipv4Gateway = defineRule({
  id: 'IP-08',
  key: 'IPV4_ADDR_GATEWAY_BAD_FORMAT',
  status: 400,
  sentence,
  *find({ attachment }: AttachmentSubject) {
    const value = attachment.ipv4.gateway;
    if (value === null || isIpv4(value)) return;
    yield { path: attachment.path, values: { network: networkName(attachment), value, field: 'gateway' } };
  },
});
