import { ipv4Prefix, isIpv4 } from '../../address/ipv4.ts';
import { ipv6Prefix, isIpv6 } from '../../address/ipv6.ts';
import { unfitForHost } from '../../address/subnet.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, families, networkName } from '../subjects.ts';

export const ip14AddressFit = defineRule({
  id: 'IP-14',
  key: 'OHN_IP_14',
  status: 400,
  sentence: '{network}: {address} is {what} and cannot be assigned to a host.',
  *find({ attachment }: AttachmentSubject) {
    for (const { version, ip } of families(attachment)) {
      const [isAddress, prefixOf] = version === 'IPv4' ? [isIpv4, ipv4Prefix] : [isIpv6, ipv6Prefix];
      const prefix = prefixOf(ip.netmask ?? '');
      if (ip.method !== 'static' || ip.address === null || !isAddress(ip.address) || prefix === null) continue;
      const what = unfitForHost(ip.address, prefix);
      if (what === null) continue;
      yield { path: attachment.path, values: { network: networkName(attachment), address: ip.address, what } };
    }
  },
});
