import { canonicalAddress, isUnspecified } from '../address/canonical.ts';
import { ipv4Prefix } from '../address/ipv4.ts';
import { ipv6Prefix } from '../address/ipv6.ts';
import type { IpAssignment, Ipv4Method, Ipv6Method } from '../entities.ts';
import type { Ipv4Config, Ipv6Config } from './host-config.ts';

/** Addresses of a change that the rules let through are complete; anything else here is a mistake of ours. */
function complete(ip: IpAssignment<string>, prefixOf: (text: string) => number | null) {
  const prefix = ip.netmask === null ? null : prefixOf(ip.netmask);
  if (ip.address === null || prefix === null) throw new Error(`static address without details: ${JSON.stringify(ip)}`);
  return { method: 'static' as const, address: canonicalAddress(ip.address), prefix };
}

/** IPv4 as the agent is told; a gateway is kept on every network, the agent routes answers by it (rules §2.7). */
export function ipv4Config(ip: IpAssignment<Ipv4Method>): Ipv4Config {
  if (ip.method !== 'static') return { method: ip.method ?? 'none' };
  return { ...complete(ip, ipv4Prefix), gateway: gatewayOf(ip) };
}

/** IPv6 as the agent is told; a gateway belongs to the default route network alone (rules §2.7). */
export function ipv6Config(ip: IpAssignment<Ipv6Method>, defaultRoute: boolean): Ipv6Config {
  if (ip.method !== 'static') return { method: ip.method ?? 'none' };
  return { ...complete(ip, ipv6Prefix), gateway: defaultRoute ? gatewayOf(ip) : null };
}

function gatewayOf(ip: IpAssignment<string>): string | null {
  return ip.gateway === null || isUnspecified(ip.gateway) ? null : canonicalAddress(ip.gateway);
}
