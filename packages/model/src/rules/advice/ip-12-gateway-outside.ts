import { isUnspecified } from '../../address/canonical.ts';
import { ipv4Prefix, isIpv4 } from '../../address/ipv4.ts';
import { inSubnet } from '../../address/subnet.ts';
import { type AttachmentSubject, networkName, nicName } from '../subjects.ts';
import { defineAdvice } from '../warning.ts';

export const ip12GatewayOutside = defineAdvice({
  id: 'IP-12',
  event: 'NETWORK_IPV4_GATEWAY_OUT_OF_RANGE',
  sentence: '{network}: gateway {gateway} is outside the subnet of {nic} on {host}.',
  *find({ completed, attachment }: AttachmentSubject) {
    const { method, address, netmask, gateway } = attachment.ipv4;
    const prefix = ipv4Prefix(netmask ?? '');
    if (method !== 'static' || address === null || gateway === null || prefix === null) return;
    if (!isIpv4(address) || !isIpv4(gateway) || isUnspecified(gateway) || inSubnet(gateway, address, prefix)) return;
    const { host } = completed.state;
    const values = { network: networkName(attachment), gateway, nic: nicName(attachment), host: host.name };
    yield { path: attachment.path, values };
  },
});
