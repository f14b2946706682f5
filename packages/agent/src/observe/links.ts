/** `ip -d -j addr show`: every link with everything that iproute2 knows about it. Nothing in it is taken for granted. */
import type { AddressReport, LinkReport } from '@patchbay/protocol';
import { byName } from '../by-name.ts';
import { isLinkLocal } from '../ip-address.ts';
import { readBondOptions } from './bond-options.ts';
import { readBridgeOptions } from './bridge-options.ts';
import { isMadeByKernel } from './link-local.ts';

export type Json = Record<string, unknown>;

/** What `ip` prints for a lifetime without end. */
const FOR_EVER = 4294967295;

/**
 * @param text one JSON array; empty objects, which iproute2 prints for what it filtered out, are skipped
 * @returns in the order of their index, which a kernel's own order may but need not be
 */
export function parseLinks(text: string): LinkReport[] {
  const links = parseArray(text).flatMap((entry) => linkOf(entry) ?? []);
  links.sort((a, b) => a.index - b.index);
  nameSlaves(links);
  return links;
}

/** Says of each bond which of the links are its members. Completes the reports in place. */
export function nameSlaves(links: readonly LinkReport[]): void {
  const bonds = new Map(links.flatMap(({ name, bond }) => (bond === null ? [] : [[name, bond] as const])));
  if (bonds.size === 0) return;
  for (const bond of bonds.values()) bond.slaves = [];
  for (const { name, master } of links) if (master !== null) bonds.get(master)?.slaves.push(name);
  for (const bond of bonds.values()) bond.slaves.sort(byName);
}

/** Objects of a JSON array; nothing when the text is no JSON array. */
export function parseArray(text: string): Json[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.filter(isObject) : [];
  } catch {
    return [];
  }
}

function linkOf(entry: Json): LinkReport | null {
  const name = text(entry['ifname']);
  const index = number(entry['ifindex']);
  if (name === null || index === null) return null;
  const info = object(entry['linkinfo']);
  const data = object(info['info_data']);
  const kind = kindOf(text(info['info_kind']), text(entry['link_type']));
  const member = object(info['info_slave_data']);
  const inBond = info['info_slave_kind'] === 'bond';
  const flags = Array.isArray(entry['flags']) ? entry['flags'] : [];
  const mac = text(entry['address']);
  const addresses = Array.isArray(entry['addr_info']) ? entry['addr_info'].filter(isObject) : [];
  return {
    index,
    name,
    kind,
    ...(kind === 'other' && info['info_kind'] !== undefined ? { type: text(info['info_kind']) ?? '' } : {}),
    mac,
    permanentMac:
      (inBond ? text(member['perm_hwaddr']) : null) ?? text(entry['permaddr']) ?? (kind === 'nic' ? mac : null),
    mtu: number(entry['mtu']) ?? 0,
    minMtu: number(entry['min_mtu']),
    maxMtu: number(entry['max_mtu']),
    adminUp: flags.includes('UP'),
    operState: text(entry['operstate']) ?? 'UNKNOWN',
    carrier: flags.includes('LOWER_UP'),
    master: text(entry['master']),
    base: baseOf(text(info['info_kind']), entry, data),
    vlan: kind === 'vlan' && (data['protocol'] ?? Q_TAG) === Q_TAG ? number(data['id']) : null,
    alias: text(entry['ifalias']),
    group: text(entry['group']) ?? 'default',
    speed: null,
    ...(text(info['info_kind']) === 'veth' ? { nominalSpeed: true } : {}),
    ...(text(entry['qdisc']) === null ? {} : { qdisc: text(entry['qdisc']) ?? '' }),
    ipv6Disabled: false,
    bond: kind === 'bond' ? bondOf(data) : null,
    slave: inBond ? slaveOf(member) : null,
    bridge: kind === 'bridge' ? { stp: number(data['stp_state']) !== 0, options: readBridgeOptions(data) } : null,
    addresses: addresses.flatMap((address) => addressOf(address, mac) ?? []),
  };
}

/** The tags that networks have. One of 802.1ad with the same id is another thing, and none of ours. */
const Q_TAG = '802.1Q';

/** A nic is hardware, which has no kind, or one end of a veth pair. */
function kindOf(kind: string | null, type: string | null): LinkReport['kind'] {
  if (kind === 'bond' || kind === 'vlan' || kind === 'bridge') return kind;
  return type === 'ether' && (kind === null || kind === 'veth') ? 'nic' : 'other';
}

/** What the kernel removes with the device below. Others only name one, as a tunnel does, which outlives it, or a veth its peer. */
const STANDING = new Set(['vlan', 'macvlan', 'macvtap', 'ipvlan', 'ipvtap', 'macsec']);

function baseOf(kind: string | null, entry: Json, data: Json): string | null {
  // Where that is in another network namespace, its index is here that of something else, or of nothing.
  if (entry['link_netnsid'] !== undefined || kind === null) return null;
  return text(kind === 'vxlan' ? data['link'] : STANDING.has(kind) ? entry['link'] : null);
}

function bondOf(data: Json): NonNullable<LinkReport['bond']> {
  const lacp = object(data['ad_info']);
  return {
    options: readBondOptions(data),
    slaves: [],
    activeSlave: text(data['active_slave']),
    partnerMac: text(lacp['partner_mac']),
    aggregator: number(lacp['aggregator']),
  };
}

function slaveOf(data: Json): NonNullable<LinkReport['slave']> {
  return {
    state: text(data['state']) ?? 'UNKNOWN',
    miiUp: data['mii_status'] === 'UP',
    aggregator: number(data['ad_aggregator_id']),
  };
}

function addressOf(entry: Json, mac: string | null): AddressReport | null {
  const family = entry['family'] === 'inet' ? 4 : entry['family'] === 'inet6' ? 6 : null;
  const address = text(entry['local']);
  const prefix = number(entry['prefixlen']);
  if (family === null || address === null || prefix === null) return null;
  const valid = number(entry['valid_life_time']);
  const scope = text(entry['scope']) ?? String(entry['scope'] ?? 'global');
  const peer = text(entry['address']);
  return {
    family,
    address,
    prefix,
    ...(peer === null || peer === address ? {} : { peer }),
    ...(entry['noprefixroute'] === true ? { noPrefixRoute: true } : {}),
    scope,
    origin: originOf(family, scope, entry),
    ...(isLinkLocal(address) && !isMadeByKernel(entry, address, mac) ? { manual: true } : {}),
    tentative: entry['tentative'] === true,
    dadFailed: entry['dadfailed'] === true,
    validFor: valid === null || valid === FOR_EVER ? null : valid,
  };
}

/**
 * Leases are known elsewhere; what is left is told apart by who else makes addresses that end. One that a router advertised for
 * ever does not end, but bears the flag that only the kernel gives (before iproute2 6.3 it has no protocol). A lease about which the
 * kernel still asks others is given no end, but is not preferred for ever.
 */
function originOf(family: 4 | 6, scope: string, entry: Json): AddressReport['origin'] {
  if (scope === 'host' || (family === 6 && scope === 'link' && entry['protocol'] !== 'kernel_ra')) return 'kernel';
  if (family === 6 && (entry['protocol'] === 'kernel_ra' || entry['dynamic'] === true || entry['mngtmpaddr'] === true))
    return 'ra';
  const preferred = number(entry['preferred_life_time']) ?? FOR_EVER;
  // Another hand sets it to nothing, for an address that is not to be used for what begins.
  const asks = preferred > 0 || entry['tentative'] === true || entry['dadfailed'] === true;
  return family === 6 && preferred !== FOR_EVER && asks ? 'dhcp' : 'static';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
