/** What is the same in every engine and that clients look up by name (wire 5.11). */
import { idOf } from './statistic.ts';

export interface Named {
  id: string;
  name: string;
}

const named = (kind: string, ...names: string[]): Named[] =>
  names.map((name) => ({ id: idOf(`${kind} ${name}`), name }));

/** The packet filters that libvirt brings along. */
export const networkFilters = named(
  'network filter',
  ...['vdsm-no-mac-spoofing', 'allow-arp', 'allow-dhcp', 'allow-dhcp-server', 'allow-incoming-ipv4', 'allow-ipv4'],
  ...['clean-traffic', 'no-arp-ip-spoofing', 'no-arp-mac-spoofing', 'no-arp-spoofing', 'no-ip-multicast'],
  ...['no-ip-spoofing', 'no-mac-broadcast', 'no-mac-spoofing', 'no-other-l2-traffic', 'no-other-rarp-traffic'],
  ...['qemu-announce-self', 'qemu-announce-self-rarp'],
);

/** Policy of clusters that were given none. */
export const defaultSchedulingPolicy = 'none';

export const schedulingPolicies = named(
  'scheduling policy',
  ...[defaultSchedulingPolicy, 'evenly_distributed', 'power_saving', 'cluster_maintenance'],
);

export const roles = named('role', 'administrator', 'operator', 'viewer');

export function roleId(name: string): string {
  return idOf(`role ${name}`);
}

export function schedulingPolicyId(name: string): string {
  return idOf(`scheduling policy ${name}`);
}
