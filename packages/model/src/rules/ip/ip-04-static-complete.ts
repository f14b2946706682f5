import { defineRule } from '../rule.ts';
import { type AttachmentSubject, families, networkName, nicName } from '../subjects.ts';

export const ip04StaticComplete = defineRule({
  id: 'IP-04',
  key: 'NETWORK_ATTACHMENT_IP_CONFIGURATION_STATIC_BOOT_PROTOCOL_MISSING_IP_ADDRESS_DETAILS',
  status: 400,
  sentence: '{network} on {nic}: a static {version} address needs {missing}.',
  *find({ attachment }: AttachmentSubject) {
    for (const { version, ip } of families(attachment)) {
      const missing = [
        ...(ip.address === null ? ['an address'] : []),
        ...(ip.netmask === null ? [version === 'IPv4' ? 'a netmask' : 'a prefix length in netmask'] : []),
      ].join(' and ');
      if (ip.method !== 'static' || missing === '') continue;
      const values = { network: networkName(attachment), nic: nicName(attachment), version, missing };
      yield { path: attachment.path, values };
    }
  },
});
