/** Name servers of a config, in the form that this host's resolver takes. */
import type { HostConfig, ResolverReport } from '@patchbay/protocol';
import { withoutZone } from '../dns/zone.ts';
import type { KernelState } from '../kernel.ts';
import { readAlias } from '../observe/ownership.ts';
import type { DnsTarget } from './target.ts';
import type { Devices } from './target-links.ts';

/**
 * Only the network with the default route has name servers. When no network has it, those return that were there before Patchbay
 * first set some; when it has it and says nothing, those that there are stay.
 * @param nameservers that the network says, or that its leases brought; null for neither
 */
export function dnsTarget(
  state: KernelState,
  config: HostConfig,
  devices: Devices,
  nameservers: string[] | null,
): DnsTarget {
  const { resolver } = state;
  const [name] = Object.entries(config.networks).find(([, { defaultRoute }]) => defaultRoute) ?? [];
  const northbound = name === undefined ? undefined : devices.northbound.get(name);
  if (resolver === undefined || resolver.manager === 'file') {
    if (northbound !== undefined) return { devices: {}, nameservers };
    const original = resolver?.original;
    return { devices: {}, nameservers: null, ...(original === undefined ? {} : { file: original }) };
  }
  const marked = new Set(state.links.flatMap(({ name, alias }) => (readAlias(alias) === null ? [] : [name])));
  // A program like openresolv shows only what came from here.
  const ours = Object.keys(resolver.devices).filter(
    (device) => resolver.manager === 'resolvconf' || devices.holds.has(device) || marked.has(device),
  );
  const wanted: Record<string, string[]> = Object.fromEntries(ours.map((device) => [device, []]));
  if (northbound === undefined) return { devices: wanted, nameservers: null };
  const servers = nameservers ?? keptServers(resolver, northbound, ours);
  if (servers === undefined) return { devices: wanted, nameservers: null };
  // What resolvconf is told is read by programs that know nothing of devices.
  const told = resolver.manager === 'resolved' ? servers.map((server) => withoutZone(server, northbound)) : servers;
  return { devices: { ...wanted, [northbound]: told }, nameservers: null };
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
