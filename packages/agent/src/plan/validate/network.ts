import type { LinkReport, NetworkConfig } from '@patchbay/protocol';
import { bitsOf, inSubnet, isLinkLocal, subnetOf } from '../../ip-address.ts';
import { PER_PORT, wholeBridgeOptions } from '../../observe/bridge-options.ts';
import { isMade, readAlias } from '../../observe/ownership.ts';
import { MIN_IPV6_MTU } from '../apply-sysctl.ts';
import { type Case, type Finding, first, problem } from './finding.ts';
import { mtuProblem } from './mtu.ts';

export function networkProblem(one: Case, name: string, network: NetworkConfig): Finding {
  return (
    placeProblem(one, name, network) ??
    vlanProblem(one, name, network) ??
    bridgeProblem(one, name, network) ??
    sizeProblem(one, network) ??
    addressProblem(name, network)
  );
}

/** What carries the network, or why nothing does. */
function placeProblem({ links, config }: Case, name: string, { base, vlan, bridged }: NetworkConfig): Finding {
  if (base === null && vlan !== null) {
    return problem('ERR_BAD_VLAN', `Network ${name}: VLAN ${vlan} needs a nic or bond.`);
  }
  if (base === null) {
    return bridged ? null : problem('ERR_BAD_PARAMS', `Network ${name}: without a bridge it needs a nic or bond.`);
  }
  const device = links.get(base);
  if (config.bonds[base] !== undefined || device?.kind === 'nic') return null;
  if (device?.kind === 'bond') {
    // The bond of another hand is used as it is.
    if (!isMade(device)) return null;
    return problem('ERR_USED_BOND', `Bond ${base} cannot be removed: network ${name} uses it.`);
  }
  return base.startsWith('bond')
    ? problem('ERR_BAD_BONDING', `Network ${name}: there is no bond ${base}.`)
    : problem('ERR_BAD_NIC', `Network ${name}: there is no nic ${base}.`);
}

function vlanProblem({ links, offers }: Case, name: string, { base, vlan }: NetworkConfig): Finding {
  if (base === null || vlan === null) return null;
  if (!offers.vlan) return problem('ERR_UNSUPPORTED', `Network ${name}: the kernel of this host has no VLANs.`);
  const device = `${base}.${vlan}`;
  if (device.length > 15) return problem('ERR_BAD_VLAN', `Network ${name}: ${device} is longer than 15 characters.`);
  const namesake = links.get(device);
  if (namesake === undefined || isMade(namesake)) return null;
  if ([...links.values()].some((link) => link.kind === 'vlan' && link.base === base && link.vlan === vlan)) return null;
  const tag = namesake.vlan === null ? 'a VLAN of another protocol than 802.1Q' : `VLAN ${namesake.vlan}`;
  const what = namesake.kind === 'vlan' ? `${tag} on ${namesake.base}` : `a ${namesake.kind}`;
  return problem('ERR_BAD_VLAN', `Network ${name}: ${device} exists already as ${what}, which is not managed here.`);
}

/** Longer names, blanks, and what would make it look like a VLAN device or an option are refused. */
const BRIDGE = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,14}$/;

/** Bridges that engines of containers and virtual machines make for themselves, by the names that they give. */
const ELSEWHERE =
  /^(docker0|docker_gwbridge|br-[0-9a-f]{12}|virbr\d+|cni0|cni-podman\d+|podman\d+|lxcbr\d+|lxdbr\d+|incusbr\d+|kube-bridge)$/;

/** Whether a bridge that another hand has made may become a network's, which has its name then. */
export function canTakeOver({ kind, name }: LinkReport): boolean {
  return kind === 'bridge' && BRIDGE.test(name) && !ELSEWHERE.test(name);
}

function bridgeProblem({ links, offers, config }: Case, name: string, network: NetworkConfig): Finding {
  if (!network.bridged) return null;
  if (offers.bridge === null) {
    return problem('ERR_UNSUPPORTED', `Network ${name}: the kernel of this host has no bridges.`);
  }
  if (!BRIDGE.test(name)) {
    return problem(
      'ERR_BAD_BRIDGE',
      `${JSON.stringify(name)} is no name for a bridge: it takes 1 to 15 letters, digits, "_" and "-", and no "-" first.`,
    );
  }
  const existing = links.get(name);
  if (existing !== undefined && existing.kind !== 'bridge') {
    return problem('ERR_BAD_BRIDGE', `Network ${name}: a ${existing.kind} of that name exists.`);
  }
  if (existing !== undefined && !isMade(existing) && !canTakeOver(existing)) {
    return problem('ERR_BAD_BRIDGE', `Network ${name}: the bridge of that name belongs to containers or to libvirt.`);
  }
  if (config.bonds[name] !== undefined) {
    return problem('ERR_BAD_BRIDGE', `Network ${name}: a bond of that name is configured.`);
  }
  const options = wholeBridgeOptions(offers.bridge, network.bridgeOptions, network.stp);
  if (typeof options['error'] === 'string') {
    return problem('ERR_BAD_PARAMS', `Network ${name}: ${options['error']}.`);
  }
  const wanted = (options as Record<string, string>)[PER_PORT];
  if (existing === undefined || existing.bridge?.options[PER_PORT] === wanted) return null;
  const foreign = [...links.values()].find((port) => port.master === name && !isMade(port) && !readAlias(port.alias));
  if (foreign === undefined) return null;
  return problem(
    'ERR_BAD_PARAMS',
    `Network ${name}: ${PER_PORT} changes only on a bridge without ports; unplug ${foreign.name} first.`,
  );
}

/** Everything on the wire below has to be able to carry it. */
function sizeProblem({ links, config }: Case, { base, mtu }: NetworkConfig): Finding {
  const device = links.get(base ?? '');
  if (base === null || config.bonds[base] !== undefined || device === undefined) return null;
  const below = device.bond === null ? [device] : device.bond.slaves.flatMap((slave) => links.get(slave) ?? []);
  return first(below, (nic) => mtuProblem(nic, mtu));
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
