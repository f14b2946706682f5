import { autoconfPossible } from '../../network/autoconf-possible.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName, nicName } from '../subjects.ts';

export const ip06AutoconfOnEl8 = defineRule({
  id: 'IP-06',
  key: 'NETWORK_ATTACHMENT_IP_CONFIGURATION_INCOMPATIBLE_BOOT_PROTOCOL_AND_HOST_OS_VERSION',
  status: 400,
  sentence: '{network} on {nic}: IPv6 {method} is not possible on the system of host {host} ({kernel}).',
  *find({ completed: { state }, attachment }: AttachmentSubject) {
    const { method } = attachment.ipv6;
    const { name: host, kernel } = state.host;
    if ((method !== 'autoconf' && method !== 'poly_dhcp_autoconf') || autoconfPossible(kernel)) return;
    const values = { network: networkName(attachment), nic: nicName(attachment), method, host, kernel };
    yield { path: attachment.path, values };
  },
});
