import { canonicalAddress, isUnspecified } from '../address/canonical.ts';
import { ipv4Mask, ipv4Prefix } from '../address/ipv4.ts';
import { ipv6Prefix } from '../address/ipv6.ts';
import type { Attachment, IpAssignment, Qos } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import { effectiveMtu } from '../network/effective-mtu.ts';
import { effectiveQos } from '../network/effective-qos.ts';
import { effectiveNameservers } from '../network/nameservers.ts';
import type { ObservedIp, ObservedNetwork } from '../observed.ts';
import { type HostNetwork, lookup } from '../state/lookup.ts';
import { information } from './information.ts';

/** One property of a network, as wished and as the host has it; null is "unset". */
export interface ReportedConfiguration {
  name: string;
  expected: string | null;
  actual: string | null;
  inSync: boolean;
}

/**
 * How the host differs from what an attachment wishes, property by property, in oVirt's order and spelling (rules §4). The
 * list is whole whether or not anything differs. Entries of our own start with `x_`: one says that the network is not on the
 * host at all; the others tell of what oVirt does not compare, only where it differs, and never count as out of sync. Null when
 * the host has not reported or the cluster does not have the network.
 */
export function reportedConfigurations(state: HostState, attachment: Attachment): ReportedConfiguration[] | null {
  const known = lookup(state);
  const network = known.networkById.get(attachment.networkId);
  if (!state.observed || !network) return null;
  const actual = known.observedNetwork.get(network.vdsmName);
  if (!actual) return [differs('x_missing_on_host', 'false', 'true')];
  const { defaultRoute } = network.assignment.roles;
  return [
    same('mtu', String(effectiveMtu(network)), String(actual.mtu)),
    same('bridged', String(network.vm), String(actual.bridged)),
    same('vlan', textOf(network.vlan), textOf(actual.vlan)),
    same('switchType', state.cluster.switchType.toUpperCase(), actual.switchType.toUpperCase()),
    ...ipv4Entries(attachment.ipv4, actual.ipv4),
    ...ipv6Entries(attachment.ipv6, actual.ipv6, defaultRoute),
    ...qosEntries(effectiveQos(attachment, network), actual.qos),
    ...(defaultRoute ? [dnsEntry(network, attachment, state.observed.nameservers)] : []),
    same('default_route', String(defaultRoute), String(hasDefaultRoute(actual))),
    ...information(state, attachment, network, actual),
  ];
}

/** Whether the host has the attachment's network as wished; null when that cannot be told. */
export function isInSync(state: HostState, attachment: Attachment): boolean | null {
  return reportedConfigurations(state, attachment)?.every((entry) => entry.inSync) ?? null;
}

function ipv4Entries(wanted: IpAssignment<string>, actual: ObservedIp<string>): ReportedConfiguration[] {
  const method = same('ipv4_boot_protocol', methodName(wanted.method), methodName(actual.method));
  if (wanted.method !== 'static' || actual.method !== 'static') return [method];
  const mask = actual.prefix === null ? null : ipv4Mask(actual.prefix);
  return [
    method,
    compared('ipv4_netmask', wanted.netmask, mask, ipv4Prefix(wanted.netmask ?? '') === actual.prefix),
    addressEntry('ipv4_address', wanted.address, actual.address),
    addressEntry('ipv4_gateway', wanted.gateway, actual.gateway),
  ];
}

/** An IPv6 gateway is only ever set on the default route network, so nowhere else is one expected. */
function ipv6Entries(
  wanted: IpAssignment<string>,
  actual: ObservedIp<string>,
  defaultRoute: boolean,
): ReportedConfiguration[] {
  const method = same('ipv6_boot_protocol', methodName(wanted.method), methodName(actual.method));
  if (wanted.method !== 'static' || actual.method !== 'static') return [method];
  return [
    method,
    compared('ipv6_prefix', wanted.netmask, textOf(actual.prefix), ipv6Prefix(wanted.netmask ?? '') === actual.prefix),
    addressEntry('ipv6_address', wanted.address, actual.address),
    addressEntry('ipv6_gateway', defaultRoute ? wanted.gateway : null, actual.gateway),
  ];
}

/** Told of when the network is shaped or shall be. */
function qosEntries(wanted: Qos | null, actual: Qos | null): ReportedConfiguration[] {
  if (wanted === null && actual === null) return [];
  const entry = (name: string, key: keyof Qos) =>
    same(name, textOf(wanted?.[key] ?? null), textOf(actual?.[key] ?? null));
  return [
    entry('outAverageLinkShare', 'outboundAverageLinkshare'),
    entry('outAverageUpperLimit', 'outboundAverageUpperlimit'),
    entry('outAverageRealTime', 'outboundAverageRealtime'),
  ];
}

/** More servers than wanted, and any order, are in sync. */
function dnsEntry(network: HostNetwork, attachment: Attachment, reported: string[]): ReportedConfiguration {
  const wanted = effectiveNameservers(attachment, network) ?? [];
  const has = new Set(reported.map(canonicalAddress));
  const contained = wanted.every((server) => has.has(canonicalAddress(server)));
  return compared('dns_configuration', joined(wanted), joined(reported), contained);
}

function hasDefaultRoute(actual: ObservedNetwork): boolean {
  return actual.defaultRoute || !isUnspecified(actual.ipv6.gateway);
}

/** oVirt's constants here, not the API's method names. */
function methodName(method: string | null): string {
  return method === 'static' ? 'STATIC_IP' : (method ?? 'none').toUpperCase();
}

const textOf = (value: number | null) => (value === null ? null : String(value));
const joined = (servers: string[]) => (servers.length === 0 ? null : [...servers].sort().join(','));

const compared = (
  name: string,
  expected: string | null,
  actual: string | null,
  inSync: boolean,
): ReportedConfiguration => ({ name, expected, actual, inSync });
const same = (name: string, expected: string | null, actual: string | null) =>
  compared(name, expected, actual, expected === actual);
const differs = (name: string, expected: string | null, actual: string | null) =>
  compared(name, expected, actual, false);

function addressEntry(name: string, expected: string | null, actual: string | null): ReportedConfiguration {
  const spelt = (address: string | null) =>
    address === null || isUnspecified(address) ? null : canonicalAddress(address);
  return compared(name, expected, actual, spelt(expected) === spelt(actual));
}
