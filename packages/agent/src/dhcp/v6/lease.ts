/** What the process of a DHCPv6 client is told when it starts, and what it leaves of its lease. */
import { type Lease, LONGEST_LEASE } from '../lease.ts';
import type { Binding, Identity6 } from './client.ts';

export interface Order extends Identity6 {
  device: string;
  /** File in which the lease stands while there is one. */
  lease: string;
  /** Binding of the network from another device or time. */
  known: Binding | null;
  bootId: string;
}

/** Name of the variable in which the order comes. */
export const ORDER = 'PATCHBAY_DHCP6';

/** What stands in the file. */
export interface Kept {
  bootId: string;
  binding: Binding;
}

/** @returns null when the text is no lease */
export function parseLease6(network: string, device: string, text: string): Lease | null {
  try {
    const { bootId, binding } = JSON.parse(text) as Kept;
    const { address, server, nameservers, until } = binding;
    const most = binding.renewAt + LONGEST_LEASE;
    const lease = { network, device, family: 6 as const, address, prefix: 128, gateway: null };
    return { ...lease, nameservers, until: Math.min(until, most), bootId, server };
  } catch {
    return null;
  }
}
