import { isUnspecified } from '../../address/canonical.ts';
import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, nicName } from '../subjects.ts';

/**
 * While the host's default route still is on another network than the cluster wants, the role is on its way and the gateway
 * of the old network is dropped with a warning instead.
 */
export const ip07Ipv6GatewayOnDefaultRoute = defineRule({
  id: 'IP-07',
  key: 'NETWORK_ATTACHMENT_IP_CONFIGURATION_STATIC_BOOT_PROTOCOL_IPV6_GATEWAY_ON_NON_DEFAULT_ROUTE_ROLE',
  status: 400,
  sentence: '{network} on {nic}: an IPv6 gateway is only allowed on the default-route network {defaultNetwork}.',
  *find({ completed: { state }, attachment }: AttachmentSubject) {
    const { network, ipv6, path } = attachment;
    const { defaultRouteNetwork: wanted, observedDefaultRoute } = lookup(state);
    if (!network || !wanted || network.id === wanted.id) return;
    if (observedDefaultRoute !== null && observedDefaultRoute !== wanted.vdsmName) return;
    if (ipv6.method !== 'static' || isUnspecified(ipv6.gateway)) return;
    yield { path, values: { network: network.name, nic: nicName(attachment), defaultNetwork: wanted.name } };
  },
});
