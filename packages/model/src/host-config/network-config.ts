import { canonicalAddress } from '../address/canonical.ts';
import type { AttachmentWish, Qos } from '../entities.ts';
import { effectiveMtu } from '../network/effective-mtu.ts';
import { effectiveQos } from '../network/effective-qos.ts';
import { effectiveNameservers } from '../network/nameservers.ts';
import { bridgeOptions } from '../properties/bridge-options.ts';
import { ethtoolOptions } from '../properties/ethtool-options.ts';
import { moreAddresses } from '../properties/more-addresses.ts';
import type { HostNetwork } from '../state/lookup.ts';
import type { NetworkConfig, QosConfig } from './host-config.ts';
import { ipv4Config, ipv6Config } from './ip-config.ts';

/** One network of the cluster on one nic or bond, as the agent is told (rules §2.7). */
export function networkConfig(network: HostNetwork, base: string, wish: AttachmentWish): NetworkConfig {
  const defaultRoute = network.assignment.roles.defaultRoute;
  const nameservers = defaultRoute ? effectiveNameservers(wish, network) : null;
  const qos = effectiveQos(wish, network);
  const more = moreAddresses(wish.properties['ipv4_addrs']);
  const ethtool = ethtoolOptions(wish.properties['ethtool_opts']);
  return {
    base,
    vlan: network.vlan,
    bridged: network.vm,
    stp: network.vm && network.stp,
    mtu: effectiveMtu(network),
    ipv4: ipv4Config(wish.ipv4),
    ipv6: ipv6Config(wish.ipv6, defaultRoute),
    ...(more.length === 0 ? {} : { moreAddresses: more }),
    defaultRoute,
    nameservers: nameservers?.length ? nameservers.map(canonicalAddress) : null,
    bridgeOptions: network.vm ? bridgeOptions(wish.properties['bridge_opts']) : {},
    ...(qos === null ? {} : { qos: qosConfig(qos) }),
    ...(ethtool.length === 0 ? {} : { ethtool }),
  };
}

/** A rule keeps a QoS without share out; were there one, it would weigh least. */
function qosConfig(qos: Qos): QosConfig {
  const bits = (rate: number | null) => (rate === null ? null : rate * 1_000_000);
  return {
    linkshare: qos.outboundAverageLinkshare ?? 1,
    upperlimit: bits(qos.outboundAverageUpperlimit),
    realtime: bits(qos.outboundAverageRealtime),
  };
}
