import type { HostState } from '../host-state.ts';
import { lookup } from '../state/lookup.ts';
import type { BondConfig, NetworkConfig } from './host-config.ts';

/**
 * A network as it can be told to the host. Where its nic has vanished, a bridge that still stands stays, without a port, so
 * that its virtual machines keep talking to each other; anything else is gone with the nic: null.
 */
export function onWhatIsThere(
  state: HostState,
  bonds: Readonly<Record<string, BondConfig>>,
  name: string,
  network: NetworkConfig,
): NetworkConfig | null {
  const { nicByName, observedNetwork, vanishedNics } = lookup(state);
  const { base } = network;
  const isNic = base !== null && nicByName.get(base)?.kind !== 'bond';
  if (base === null || Object.hasOwn(bonds, base) || (isNic && !vanishedNics.has(base))) return network;
  const stands = network.bridged && observedNetwork.get(name)?.bridged === true;
  return stands ? { ...network, base: null, vlan: null } : null;
}
