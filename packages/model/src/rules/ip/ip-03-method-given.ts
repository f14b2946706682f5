import { defineRule } from '../rule.ts';
import { type AttachmentSubject, families, networkName, nicName } from '../subjects.ts';

export const ip03MethodGiven = defineRule({
  id: 'IP-03',
  key: 'NETWORK_ATTACHMENT_IP_CONFIGURATION_MISSING_BOOT_PROTOCOL',
  status: 400,
  sentence: '{network} on {nic}: assignment_method of the {version} address is missing.',
  *find({ attachment }: AttachmentSubject) {
    for (const { version, ip } of families(attachment)) {
      if (ip.method !== null) continue;
      const values = { network: networkName(attachment), nic: nicName(attachment), version };
      yield { path: attachment.path, values };
    }
  },
});
