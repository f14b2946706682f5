import { isUnspecified } from '../../address/canonical.ts';
import type { Completed } from '../../complete/completed.ts';
import { lookup } from '../../state/lookup.ts';
import { defineAdvice } from '../warning.ts';

/** The default route moves to the network that the cluster wants it on; the one that had it keeps no IPv6 gateway (rules §2.7). */
export const ip07OldGatewayDropped = defineAdvice({
  id: 'IP-07',
  event: 'NETWORK_REMOVING_IPV6_GATEWAY_FROM_OLD_DEFAULT_ROUTE_ROLE_ATTACHMENT',
  sentence: '{network} loses its IPv6 gateway on host {host}: the default route moves to {wanted}.',
  *find({ state, after }: Completed) {
    const { defaultRouteNetwork: wanted, observedDefaultRoute } = lookup(state);
    const old = after.attachments.find((one) => one.network?.vdsmName === observedDefaultRoute);
    if (!wanted || !old?.network || old.network.id === wanted.id) return;
    if (old.ipv6.method !== 'static' || isUnspecified(old.ipv6.gateway)) return;
    yield { path: null, values: { network: old.network.name, host: state.host.name, wanted: wanted.name } };
  },
});
