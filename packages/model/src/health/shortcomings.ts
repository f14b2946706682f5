import type { ClusterNetwork, Network, NonOperationalReason } from '../entities.ts';
import type { ObservedHost } from '../observed.ts';

/** Why a host cannot serve its cluster as the cluster wants it to (rules §2.9, §5.2). */
export interface Shortcoming {
  reason: NonOperationalReason;
  network: Pick<Network, 'id' | 'name'>;
  /** The device that is down, or lacks its bridge. */
  nic: string | null;
}

/** Required networks that are missing or whose nic is down, and VM networks without a bridge, in the order of the networks. */
export function shortcomings(
  networks: readonly (Network & { assignment: ClusterNetwork })[],
  observed: ObservedHost,
): Shortcoming[] {
  const seen = new Map(observed.networks.map((one) => [one.vdsmName, one]));
  const nics = new Map(observed.nics.map((one) => [one.name, one]));
  return networks
    .filter((network) => !network.external)
    .flatMap((network): Shortcoming[] => {
      const here = seen.get(network.vdsmName);
      const { required } = network.assignment;
      if (!here) return required ? [{ reason: 'network_unreachable', network, nic: null }] : [];
      const base = nics.get(here.base ?? '');
      if (required && base && !base.up) return [{ reason: 'network_interface_is_down', network, nic: base.name }];
      return network.vm && !here.bridged ? [{ reason: 'vm_network_is_bridgeless', network, nic: here.southbound }] : [];
    });
}
