/** Name servers of a config, in the form that this host's resolver takes. */
import type { HostConfig, ResolverReport } from '@patchbay/protocol';
import { withoutZone } from '../dns/zone.ts';
import type { KernelState } from '../kernel.ts';
import { isMade, readAlias } from '../observe/ownership.ts';
import type { DnsTarget } from './target.ts';
import type { Devices } from './target-links.ts';

/**
 * Only the network with the default route has name servers. When no network has it, those return that were there before Patchbay
 * first set some; when it has it and says nothing, those that there are stay.
 * @param nameservers that the network says, or that its leases brought; null for neither
 * @param whole what the config is a part of: while the network that decides is in the rest of it, nothing changes
 */
export function dnsTarget(
  state: KernelState,
  config: HostConfig,
  devices: Devices,
  nameservers: string[] | null,
  whole: HostConfig,
): DnsTarget {
  const { resolver } = state;
  const name = deciding(config);
  if (name === undefined && deciding(whole) !== undefined) return { devices: {}, nameservers: null };
  const northbound = name === undefined ? undefined : devices.northbound.get(name);
  if (resolver === undefined || resolver.manager === 'file') {
    if (northbound !== undefined) return { devices: {}, nameservers };
    const original = resolver?.original;
    return { devices: {}, nameservers: null, ...(original === undefined ? {} : { file: original }) };
  }
  const ours = Object.keys(resolver.devices).filter(isOurs(state, resolver, devices));
  const wanted: Record<string, string[]> = Object.fromEntries(ours.map((device) => [device, []]));
  if (northbound === undefined) return { devices: wanted, nameservers: null };
  const servers = nameservers ?? keptServers(resolver, northbound, ours);
  if (servers === undefined) return { devices: wanted, nameservers: null };
  // What resolvconf is told is read by programs that know nothing of devices.
  const told = resolver.manager === 'resolved' ? servers.map((server) => withoutZone(server, northbound)) : servers;
  return { devices: { ...wanted, [northbound]: told }, nameservers: null };
}

/** Name of the network with the default route. */
function deciding({ networks }: HostConfig): string | undefined {
  return Object.entries(networks).find(([, { defaultRoute }]) => defaultRoute)?.[0];
}

/**
 * Whether the name servers of a device are Patchbay's to decide: its addresses are or were, or it was told of some. The others that it
 * uses, as the nic below a VLAN, keep what their own manager says.
 */
function isOurs(
  state: KernelState,
  { manager, told = {} }: ResolverReport,
  devices: Devices,
): (name: string) => boolean {
  // A program like openresolv shows only what came from here.
  if (manager === 'resolvconf') return () => true;
  const held = state.links.filter((link) => isMade(link) || readAlias(link.alias)?.holder != null);
  const ours = new Set([...devices.holds, ...Object.keys(told), ...held.map(({ name }) => name)]);
  return (name) => ours.has(name);
}

/** What the device has, or what another one of ours has or had, from which the network comes. */
function keptServers(
  { devices, told = {} }: ResolverReport,
  northbound: string,
  ours: readonly string[],
): string[] | undefined {
  const others = [...ours.map((device) => devices[device]), told[northbound], ...Object.values(told)];
  return [devices[northbound], ...others].find((servers) => servers !== undefined && servers.length > 0);
}
