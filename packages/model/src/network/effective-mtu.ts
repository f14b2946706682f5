import type { Network } from '../entities.ts';

/** Bytes a network's MTU stands for on hosts: 0 is the default of 1500 (oVirt's `DefaultMTU`). */
export function effectiveMtu(network: Pick<Network, 'mtu'>): number {
  return network.mtu === 0 ? 1500 : network.mtu;
}
