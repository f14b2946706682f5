/** What a host shall look like, in short words. Pure. */
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';

export const network = (part: Partial<NetworkConfig>): NetworkConfig => ({
  base: null,
  vlan: null,
  bridged: true,
  stp: false,
  mtu: 1500,
  ipv4: { method: 'none' },
  ipv6: { method: 'none' },
  defaultRoute: false,
  nameservers: null,
  bridgeOptions: {},
  ...part,
});

export const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at);

/** Networks of VLANs one after the other. */
export function vlans(base: string, from: number, count: number): HostConfig['networks'] {
  return Object.fromEntries(range(from, count).map((id) => [`n${id}`, network({ base, vlan: id })]));
}
