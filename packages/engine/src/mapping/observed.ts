/** The agent's report in the model's words: which nics there are, and how each network of ours stands on them. */
import {
  type ObservedHost,
  type ObservedIp,
  type ObservedNetwork,
  type ObservedNic,
  optionsInMode,
  type Qos,
} from '@patchbay/model';
import {
  type AddressReport,
  type HostReport,
  LINKSHARE_UNIT,
  type LinkReport,
  MAIN_TABLE,
  minorOf,
  type NetworkConfig,
} from '@patchbay/protocol';

export function observedFromReport(report: HostReport): ObservedHost {
  const links = new Map(report.links.map((link) => [link.name, link]));
  const nics = report.links.flatMap((link) => observedNic(link, report) ?? []);
  const networks = Object.entries(report.running.networks).flatMap(
    ([name, config]) => observedNetwork(report, links, name, config) ?? [],
  );
  return { nics, networks, nameservers: report.nameservers };
}

/** One network as it stands on the host; null when the host does not have it. */
export function observedNetworkOf(report: HostReport, vdsmName: string): ObservedNetwork | null {
  const config = report.running.networks[vdsmName];
  if (config === undefined) return null;
  return observedNetwork(report, new Map(report.links.map((link) => [link.name, link])), vdsmName, config);
}

function observedNic(link: LinkReport, report: HostReport): ObservedNic | null {
  const { kind } = link;
  if (kind !== 'nic' && kind !== 'bond' && kind !== 'vlan') return null;
  return {
    name: link.name,
    kind,
    mac: link.mac,
    speed: link.speed,
    nominalSpeed: link.nominalSpeed ?? false,
    mtu: link.mtu,
    up: link.carrier,
    master: link.slave === null ? null : link.master,
    base: link.base,
    vlan: link.vlan,
    bond: link.bond && {
      slaves: link.bond.slaves,
      options: optionsInMode(link.bond.options),
      activeSlave: link.bond.activeSlave,
      partnerMac: link.bond.partnerMac,
    },
    ...ownAddresses(link, report),
    ethtool: link.ethtool,
    aggregator: link.slave?.aggregator ?? link.bond?.aggregator ?? null,
    ...observedFunctions(link, report),
  };
}

/** Whoever gave an address that ends is taken for a DHCP client, as long as the kernel did not make it of an advertisement. */
function ownAddresses(link: LinkReport, report: HostReport): Pick<ObservedNic, 'ipv4' | 'ipv6'> {
  const first = (family: 4 | 6) => link.addresses.find((a) => a.family === family && a.scope === 'global');
  const methodOf = ({ validFor }: AddressReport) => (validFor === null ? 'static' : 'dhcp');
  const rest = ({ address, prefix, family }: AddressReport) => {
    const gateway = gatewayOf(report, link, family);
    return { address, prefix, gateway };
  };
  const ipv4 = first(4);
  const ipv6 = first(6);
  return {
    ...(ipv4 && { ipv4: { method: methodOf(ipv4), ...rest(ipv4) } }),
    ...(ipv6 && { ipv6: { method: ipv6.origin === 'ra' ? 'autoconf' : methodOf(ipv6), ...rest(ipv6) } }),
  };
}

/** A function that a VM has by a device of the host is given away as well as one that it has whole. */
function observedFunctions({ name, sriov }: LinkReport, { links }: HostReport): Partial<ObservedNic> {
  if (sriov === undefined) return {};
  const { total, current, held, pf } = sriov;
  if (total === 0) return pf === null ? {} : { physicalFunction: pf };
  const hidden = links.filter((link) => link.kind === 'other' && link.sriov?.pf === name).length;
  return { sriov: { total, current, held: held + hidden } };
}

/** @returns null when the network's devices are gone: it is missing on the host */
function observedNetwork(
  report: HostReport,
  links: ReadonlyMap<string, LinkReport>,
  name: string,
  config: NetworkConfig,
): ObservedNetwork | null {
  const base = config.base === null ? undefined : links.get(config.base);
  const southbound =
    config.vlan === null ? base : report.links.find((l) => l.base === base?.name && l.vlan === config.vlan);
  const bridge = links.get(name);
  const bridged = bridge?.kind === 'bridge';
  if (config.base !== null && southbound === undefined) return null;
  // A bridge that lost its port, or a bridgeless network under a foreign bridge, is not this network any more.
  if (bridged && southbound !== undefined && southbound.master !== name) return null;
  if (config.bridged && !bridged) return null;
  const northbound = bridged ? bridge : southbound;
  if (northbound === undefined) return null;
  return {
    vdsmName: name,
    base: base?.name ?? null,
    southbound: southbound?.name ?? null,
    bridged,
    vlan: southbound?.vlan ?? null,
    mtu: southbound === undefined ? northbound.mtu : Math.min(northbound.mtu, southbound.mtu),
    stp: bridge?.bridge?.stp ?? false,
    ipv4: observedIpv4(report, northbound, config),
    ipv6: observedIpv6(report, northbound, config),
    ...moreAddresses(northbound, config),
    defaultRoute: report.routes.some(
      (r) => r.table === MAIN_TABLE && r.destination === 'default' && r.device === northbound.name,
    ),
    switchType: 'legacy',
    qos: base === undefined ? null : observedQos(base, config),
    bridgeOptions: bridge?.bridge?.options ?? {},
  };
}

/** What the kernel does with the network's class. The default class is no network's when none of them is untagged and shaped. */
function observedQos({ shaping }: LinkReport, { vlan, qos }: NetworkConfig): Qos | null {
  const found = shaping?.classes.find(({ minor }) => minor === minorOf(vlan));
  if (found === undefined) return null;
  const { linkshare, upperlimit, realtime } = found;
  if (vlan === null && qos === undefined && upperlimit === null && realtime === null) return null;
  const mbit = (rate: number | null) => (rate === null ? null : Math.round(rate / 1_000_000));
  return {
    outboundAverageLinkshare: linkshare === null ? null : Math.round(linkshare / LINKSHARE_UNIT),
    outboundAverageUpperlimit: mbit(upperlimit),
    outboundAverageRealtime: mbit(realtime),
  };
}

function observedIpv4(
  report: HostReport,
  link: LinkReport,
  { ipv4: wished }: NetworkConfig,
): ObservedIp<'none' | 'dhcp' | 'static'> {
  const addresses = link.addresses.filter((a) => a.family === 4 && a.scope === 'global');
  // Of several, which stand in the order in which they came, the network's own is told, wherever it stands.
  const own = wished.method === 'static' ? addresses.find((a) => a.address === wished.address) : undefined;
  const address = own ?? addresses[0];
  const dhcp = report.dhcp.some((d) => d.device === link.name && d.family === 4);
  return {
    method: dhcp ? 'dhcp' : address === undefined ? 'none' : 'static',
    address: address?.address ?? null,
    prefix: address?.prefix ?? null,
    gateway: gatewayOf(report, link, 4),
  };
}

/** Of the addresses that the network was given beside its own, those that are there. */
function moreAddresses(link: LinkReport, { moreAddresses: wished = [] }: NetworkConfig) {
  const present = new Set(link.addresses.map(({ address, prefix }) => `${address}/${prefix}`));
  const found = wished.filter((one) => present.has(one));
  return found.length === 0 ? {} : { moreAddresses: found };
}

function observedIpv6(report: HostReport, link: LinkReport, config: NetworkConfig): ObservedNetwork['ipv6'] {
  const address = link.addresses.find((a) => a.family === 6 && a.scope === 'global');
  // Autoconfiguration is a setting, not an address: on a quiet segment it is on and nothing shows.
  const dynamic = config.ipv6.method !== 'none' && config.ipv6.method !== 'static' && !link.ipv6Disabled;
  const fixed = address !== undefined && address.origin === 'static';
  return {
    method: dynamic && !fixed ? config.ipv6.method : fixed ? 'static' : 'none',
    address: address?.address ?? null,
    prefix: address?.prefix ?? null,
    gateway: gatewayOf(report, link, 6),
  };
}

/** The gateway configured for the device in any table: the main one for the default route, its own otherwise. */
function gatewayOf(report: HostReport, link: LinkReport, family: 4 | 6): string | null {
  const route = report.routes.find(
    (r) => r.family === family && r.destination === 'default' && r.device === link.name && r.gateway !== null,
  );
  return route?.gateway ?? null;
}
