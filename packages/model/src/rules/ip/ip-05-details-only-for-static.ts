import { defineRule } from '../rule.ts';
import { type AttachmentSubject, families, networkName, nicName } from '../subjects.ts';

export const ip05DetailsOnlyForStatic = defineRule({
  id: 'IP-05',
  key: 'NETWORK_ATTACHMENT_IP_CONFIGURATION_INCOMPATIBLE_BOOT_PROTOCOL_AND_IP_ADDRESS_DETAILS',
  status: 400,
  sentence: '{network} on {nic}: {version} method {method} does not go with address, netmask or gateway.',
  *find({ attachment }: AttachmentSubject) {
    for (const { version, ip } of families(attachment)) {
      const details = ip.address ?? ip.netmask ?? ip.gateway;
      if (ip.method === null || ip.method === 'static' || details === null) continue;
      const values = { network: networkName(attachment), nic: nicName(attachment), version, method: ip.method };
      yield { path: attachment.path, values };
    }
  },
});
