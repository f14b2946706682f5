import { ipv4Prefix, isIpv4 } from '../../address/ipv4.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const ip09Ipv4MaskFormat = defineRule({
  id: 'IP-09',
  key: 'UPDATE_NETWORK_ADDR_IN_SUBNET_BAD_FORMAT',
  status: 400,
  sentence: '{network}: {value} is not a netmask or prefix length.',
  *find({ attachment }: AttachmentSubject) {
    const value = attachment.ipv4.netmask;
    if (value === null || ipv4Prefix(value) !== null || isIpv4(value)) return;
    yield { path: attachment.path, values: { network: networkName(attachment), value } };
  },
});

export const ip09Ipv4MaskContiguous = defineRule({
  id: 'IP-09',
  key: 'UPDATE_NETWORK_ADDR_IN_SUBNET_BAD_VALUE',
  status: 400,
  sentence: '{network}: the ones in netmask {value} are not all to the left of the zeros.',
  *find({ attachment }: AttachmentSubject) {
    const value = attachment.ipv4.netmask;
    if (value === null || ipv4Prefix(value) !== null || !isIpv4(value)) return;
    yield { path: attachment.path, values: { network: networkName(attachment), value } };
  },
});
