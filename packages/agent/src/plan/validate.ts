/** Everything that can be known to be impossible before the first operation. */
import {
  type AgentProblem,
  type HostConfig,
  LINKSHARE_UNIT,
  type LinkReport,
  type NetworkConfig,
} from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { wholeBondOptions } from '../observe/bond-options.ts';
import { wholeBridgeOptions } from '../observe/bridge-options.ts';
import { ethtoolOf } from '../observe/ethtool.ts';
import {
  aliasOf,
  FIRST_TABLE,
  IPV4_SETTINGS,
  IPV6_SETTINGS,
  isMade,
  MAX_ALIAS,
  OUR_TABLES,
  readAlias,
  takenMark,
} from '../observe/ownership.ts';
import { isOrdinaryQueue, MAX_RATE } from '../observe/shaping.ts';
import { MIN_IPV6_MTU } from './apply-sysctl.ts';
import { bitsOf, inSubnet, isLinkLocal, subnetOf } from './ip-address.ts';
import { ethtoolTarget } from './target-ethtool.ts';

/** What a nic's mark may have to remember of settings besides those of ethtool. */
const everySetting = Object.fromEntries(
  [...IPV4_SETTINGS.map((name) => `ipv4/${name}`), ...IPV6_SETTINGS.map((name) => `ipv6/${name}`)].map((key) => [
    key,
    '0',
  ]),
);

type Code = AgentProblem['code'];
type Finding = AgentProblem | null;

const problem = (code: Code, message: string): AgentProblem => ({ code, message });

/** @returns the first reason why this host cannot look as configured, or null */
export function validate(state: KernelState, config: HostConfig): Finding {
  const links = new Map(state.links.map((link) => [link.name, link]));
  return (
    first(Object.entries(config.bonds), ([name, bond]) => bondProblem(links, config, name, bond)) ??
    first(Object.entries(config.networks), ([name, network]) => networkProblem(links, config, name, network)) ??
    first(Object.entries(config.networks), ([name, network]) => supportProblem(state, name, network)) ??
    usageProblem(config) ??
    shapingProblem(links, config) ??
    ethtoolProblem(links, config) ??
    occupiedProblem(links, config)
  );
}

function first<T>(items: Iterable<T>, check: (item: T) => Finding): Finding {
  for (const item of items) {
    const found = check(item);
    if (found !== null) return found;
  }
  return null;
}

function bondProblem(
  links: Map<string, LinkReport>,
  config: HostConfig,
  name: string,
  bond: HostConfig['bonds'][string],
): Finding {
  const existing = links.get(name);
  if (existing !== undefined && existing.kind !== 'bond') {
    return problem('ERR_BAD_BONDING', `${name} cannot be a bond: a ${existing.kind} of that name exists.`);
  }
  const options = wholeBondOptions(bond.options);
  if (typeof options['error'] === 'string') return problem('ERR_BAD_BONDING', `Bond ${name}: ${options['error']}.`);
  const { primary } = options as Record<string, string>;
  if (primary !== undefined && primary !== '' && !bond.slaves.includes(primary)) {
    return problem('ERR_BAD_BONDING', `Bond ${name}: primary ${primary} is not a member.`);
  }
  const mtu = largestMtu(config, name);
  return first(bond.slaves, (slave) => {
    const nic = links.get(slave);
    if (nic === undefined) return problem('ERR_BAD_NIC', `Bond ${name}: there is no nic ${slave}.`);
    if (nic.kind !== 'nic') return problem('ERR_BAD_NIC', `Bond ${name}: ${slave} is a ${nic.kind}, not a nic.`);
    return mtuProblem(nic, mtu);
  });
}

function networkProblem(
  links: Map<string, LinkReport>,
  config: HostConfig,
  name: string,
  network: NetworkConfig,
): Finding {
  const { base, vlan } = network;
  const bond = base === null ? undefined : config.bonds[base];
  const device = base === null ? undefined : links.get(base);
  if (base === null && vlan !== null)
    return problem('ERR_BAD_VLAN', `Network ${name}: VLAN ${vlan} needs a nic or bond.`);
  if (base === null && !network.bridged) {
    return problem('ERR_BAD_PARAMS', `Network ${name}: without a bridge it needs a nic or bond.`);
  }
  if (base !== null && bond === undefined && device?.kind !== 'nic') {
    return device?.kind === 'bond'
      ? problem('ERR_BAD_BONDING', `Network ${name}: bond ${base} is not part of the configuration.`)
      : problem('ERR_BAD_NIC', `Network ${name}: there is no nic ${base}.`);
  }
  if (vlan !== null && `${base}.${vlan}`.length > 15) {
    return problem('ERR_BAD_VLAN', `Network ${name}: ${base}.${vlan} is longer than 15 characters.`);
  }
  if (network.bridged) {
    const existing = links.get(name);
    if (existing !== undefined && existing.kind !== 'bridge') {
      return problem('ERR_BAD_BRIDGE', `Network ${name}: a ${existing.kind} of that name exists.`);
    }
    if (config.bonds[name] !== undefined) {
      return problem('ERR_BAD_BRIDGE', `Network ${name}: a bond of that name is configured.`);
    }
    const options = wholeBridgeOptions(network.bridgeOptions);
    if (typeof options['error'] === 'string') return problem('ERR_BAD_PARAMS', `Network ${name}: ${options['error']}.`);
  }
  return (device?.kind === 'nic' ? mtuProblem(device, network.mtu) : null) ?? addressProblem(name, network);
}

function mtuProblem(nic: LinkReport, mtu: number): Finding {
  if (nic.maxMtu !== null && nic.maxMtu > 0 && mtu > nic.maxMtu) {
    return problem('ERR_BAD_PARAMS', `${nic.name} carries at most ${nic.maxMtu} bytes, not ${mtu}.`);
  }
  if (nic.minMtu !== null && mtu < nic.minMtu) {
    return problem('ERR_BAD_PARAMS', `${nic.name} carries at least ${nic.minMtu} bytes, not ${mtu}.`);
  }
  return null;
}

function addressProblem(name: string, { ipv4, ipv6, mtu, nameservers, defaultRoute }: NetworkConfig): Finding {
  if (ipv6.method !== 'none' && mtu < MIN_IPV6_MTU) {
    return problem('ERR_BAD_PARAMS', `Network ${name}: IPv6 needs an MTU of at least ${MIN_IPV6_MTU}, not ${mtu}.`);
  }
  if (!defaultRoute && nameservers !== null && nameservers.length > 0) {
    return problem('ERR_BAD_PARAMS', `Network ${name}: only the default-route network carries name servers.`);
  }
  for (const server of nameservers ?? []) {
    if (!isServer(server)) {
      return problem('ERR_BAD_ADDR', `Network ${name}: ${JSON.stringify(server)} is not the address of a name server.`);
    }
  }
  for (const ip of [ipv4, ipv6]) {
    if (ip.method !== 'static' || ip.gateway === null || ip.gateway === '::') continue;
    const { address, prefix, gateway } = ip;
    const single = prefix === (address.includes(':') ? 128 : 32);
    if (!single && !isLinkLocal(gateway) && !inSubnet(gateway, subnetOf(address, prefix))) {
      return problem('ERR_BAD_ADDR', `Network ${name}: gateway ${gateway} is not in ${subnetOf(address, prefix)}.`);
    }
  }
  return null;
}

/** An address, which may name the device it is to be found on when it is link-local: `fe80::1%br0`. */
function isServer(text: string): boolean {
  const [address = '', zone] = text.split('%', 2);
  return bitsOf(address) !== null && (zone === undefined || (isLinkLocal(address) && /^[\w.-]{1,15}$/.test(zone)));
}

/** What not every host has. */
function supportProblem({ capabilities }: KernelState, name: string, { ipv4, ipv6 }: NetworkConfig): Finding {
  if (capabilities === undefined) return null;
  if (ipv6.method !== 'none' && !capabilities.ipv6) {
    return problem('ERR_UNSUPPORTED', `Network ${name}: the kernel of this host has no IPv6; take it off the network.`);
  }
  if (ipv4.method === 'dhcp' && !capabilities.dhcp4) {
    return problem(
      'ERR_UNSUPPORTED',
      `Network ${name}: DHCP needs udhcpc, which this host lacks; install busybox, or give the network a static address.`,
    );
  }
  if ((ipv6.method === 'dhcp' || ipv6.method === 'poly_dhcp_autoconf') && !capabilities.dhcp6) {
    return problem(
      'ERR_UNSUPPORTED',
      `Network ${name}: DHCPv6 needs dhcp6.mjs, which is missing beside the agent of this host; install the agent anew.`,
    );
  }
  return null;
}

/** One nic in one bond, and not in a network at the same time; one untagged network and one of each VLAN per device. */
function usageProblem(config: HostConfig): Finding {
  const member = new Map<string, string>();
  for (const [name, { slaves }] of Object.entries(config.bonds)) {
    for (const slave of slaves) {
      const other = member.get(slave);
      if (other !== undefined) return problem('ERR_USED_NIC', `${slave} cannot be in ${other} and in ${name}.`);
      member.set(slave, name);
    }
  }
  const taken = new Map<string, string>();
  let defaultRoute: string | null = null;
  for (const [name, { base, vlan, defaultRoute: wants }] of Object.entries(config.networks)) {
    if (wants && defaultRoute !== null) {
      return problem('ERR_BAD_PARAMS', `Networks ${defaultRoute} and ${name} cannot both have the default route.`);
    }
    if (wants) defaultRoute = name;
    if (base === null) continue;
    const bond = member.get(base);
    if (bond !== undefined) {
      return problem('ERR_USED_NIC', `Network ${name} cannot use ${base}: it is a member of ${bond}.`);
    }
    const place = `${base} ${vlan ?? 'untagged'}`;
    const other = taken.get(place);
    if (other !== undefined) {
      return problem(
        'ERR_USED_NIC',
        `Networks ${other} and ${name} cannot both use ${base} ${vlan === null ? 'untagged' : `with VLAN ${vlan}`}.`,
      );
    }
    taken.set(place, name);
  }
  return null;
}

/** Devices in the hands of others are not taken from them; a bridge with foreign ports is not removed. */
function occupiedProblem(links: Map<string, LinkReport>, config: HostConfig): Finding {
  const free = (master: LinkReport) =>
    isMade(master) || config.bonds[master.name] !== undefined || config.networks[master.name]?.bridged === true;
  const users = [
    ...Object.values(config.bonds).flatMap(({ slaves }) => slaves),
    ...Object.values(config.networks).flatMap(({ base, vlan }) => (base === null || vlan !== null ? [] : [base])),
  ];
  for (const name of users) {
    const master = links.get(links.get(name)?.master ?? '');
    if (master !== undefined && !free(master)) {
      return problem('ERR_USED_NIC', `${name} is a port of ${master.name}, which is not managed here.`);
    }
  }
  for (const port of links.values()) {
    const bridge = links.get(port.master ?? '');
    if (bridge?.kind !== 'bridge' || !isMade(bridge) || config.networks[bridge.name]?.bridged === true) continue;
    const foreign =
      port.kind === 'other' || (!isMade(port) && port.kind !== 'nic') || (port.kind === 'nic' && port.alias === null);
    if (foreign) {
      return problem(
        'ERR_BAD_BRIDGE',
        `Bridge ${bridge.name} cannot be removed: ${port.name} is still plugged into it.`,
      );
    }
  }
  return null;
}

/** A nic that was looked at shows every setting that can be changed, so what it does not show cannot. */
function ethtoolProblem(links: Map<string, LinkReport>, config: HostConfig): Finding {
  const wishes = new Map<string, string>();
  for (const [name, { base, ethtool = [] }] of Object.entries(config.networks)) {
    const nics = config.bonds[base ?? '']?.slaves ?? (base === null ? [] : [base]);
    for (const { device, section, values } of ethtool) {
      if (device !== '*' && !nics.includes(device)) {
        return problem('ERR_BAD_PARAMS', `Network ${name}: ${device} does not carry it.`);
      }
      for (const nic of device === '*' ? nics : [device]) {
        for (const [setting, value] of Object.entries(values)) {
          const key = `${nic} ${section} ${setting}`;
          if (wishes.has(key) && wishes.get(key) !== value) {
            return problem('ERR_BAD_PARAMS', `Network ${name}: another network wants ${setting} of ${nic} otherwise.`);
          }
          wishes.set(key, value);
          const shown = links.get(nic)?.ethtool;
          if (shown !== undefined && shown[section]?.[setting] === undefined) {
            return problem('ERR_BAD_PARAMS', `Network ${name}: ${setting} (${section}) of ${nic} cannot be changed.`);
          }
        }
      }
    }
  }
  return first(ethtoolOf(config), ([nic, wanted]) => {
    const link = links.get(nic);
    const { originals } = ethtoolTarget(wanted, readAlias(link?.alias ?? null)?.ethtool ?? {}, link?.ethtool ?? {});
    const mark = takenMark(65535, true, 'a'.repeat(15), originals);
    const longest = { ...mark, table: FIRST_TABLE + OUR_TABLES - 1, sysctls: everySetting };
    return aliasOf(longest).length <= MAX_ALIAS
      ? null
      : problem('ERR_BAD_PARAMS', `${nic}: more settings are changed than can be remembered to take them back.`);
  });
}

/** Shaping that somebody else has set up is not replaced, since nothing could bring it back. */
function shapingProblem(links: Map<string, LinkReport>, config: HostConfig): Finding {
  return first(Object.entries(config.networks), ([name, { base, qos }]) => {
    if (qos === undefined) return null;
    for (const rate of [qos.upperlimit, qos.realtime, qos.linkshare * LINKSHARE_UNIT]) {
      if (rate === null || rate <= MAX_RATE) continue;
      return problem(
        'ERR_BAD_PARAMS',
        `Network ${name}: ${rate} bit/s is more than the ${MAX_RATE} that can be shaped.`,
      );
    }
    const device = links.get(base ?? '');
    if (device?.qdisc === undefined || device.shaping !== undefined || isOrdinaryQueue(device.qdisc)) return null;
    return problem(
      'ERR_USED_NIC',
      `Network ${name}: ${base} is shaped by ${device.qdisc}, which was not set here; take it off first.`,
    );
  });
}

function largestMtu(config: HostConfig, base: string): number {
  const mtus = Object.values(config.networks).flatMap((network) => (network.base === base ? [network.mtu] : []));
  return mtus.length === 0 ? 1500 : Math.max(...mtus);
}
