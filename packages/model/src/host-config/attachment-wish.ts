import { ipv4Mask } from '../address/ipv4.ts';
import type { AttachmentWish, IpAssignment, Qos } from '../entities.ts';
import { effectiveQos, sameQos } from '../network/effective-qos.ts';
import { sameNameservers } from '../network/nameservers.ts';
import { ethtoolText } from '../properties/ethtool-options.ts';
import type { HostNetwork } from '../state/lookup.ts';
import type { NetworkConfig, QosConfig } from './host-config.ts';

/**
 * What an attachment has to say so that its host is told this config; the other way round of `networkConfig`. What the network says
 * itself is left to it, and what it says otherwise by now shows as out of sync.
 */
export function attachmentWish(config: NetworkConfig, network: HostNetwork): AttachmentWish {
  const { ipv4, ipv6, nameservers, defaultRoute } = config;
  const own = defaultRoute && !sameNameservers(nameservers, network.nameservers);
  const qos = config.qos === undefined ? null : qosOf(config.qos);
  return {
    ipv4: assignment(ipv4, ipv4Mask),
    ipv6: assignment(ipv6, String),
    properties: properties(config),
    nameservers: own ? (nameservers ?? []) : null,
    qos: sameQos(qos, effectiveQos({ qos: null }, network)) ? null : (qos ?? notShaped),
  };
}

type IpConfig<M extends string> =
  | { method: Exclude<M, 'static'> }
  | { method: 'static'; address: string; prefix: number; gateway: string | null };

function assignment<M extends string>(config: IpConfig<M>, mask: (prefix: number) => string): IpAssignment<M> {
  if (!('address' in config)) return { method: config.method, address: null, netmask: null, gateway: null };
  const { address, prefix, gateway } = config;
  return { method: 'static' as M, address, netmask: mask(prefix), gateway };
}

function properties({ bridgeOptions, moreAddresses = [], ethtool = [] }: NetworkConfig): Record<string, string> {
  const texts = {
    bridge_opts: Object.entries(bridgeOptions)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
    ipv4_addrs: moreAddresses.join(','),
    ethtool_opts: ethtoolText(ethtool),
  };
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

/** An override without values is how an attachment says that nothing is shaped, whatever its network says. */
const notShaped: Qos = {
  outboundAverageLinkshare: null,
  outboundAverageUpperlimit: null,
  outboundAverageRealtime: null,
};

function qosOf({ linkshare, upperlimit, realtime }: QosConfig): Qos {
  const megabits = (rate: number | null) => (rate === null ? null : rate / 1_000_000);
  return {
    outboundAverageLinkshare: linkshare,
    outboundAverageUpperlimit: megabits(upperlimit),
    outboundAverageRealtime: megabits(realtime),
  };
}
