import type { ChangedNetwork, Network } from '@patchbay/model';

/**
 * A network as hosts follow it.
 * @param before what it was; a label it had then and has no more, or a deleted network's own, takes along what it brought
 */
export function changedNetwork(network: Network, before: Network = { ...network, label: null }): ChangedNetwork {
  const left = before.nameservers?.some((server) => network.nameservers?.includes(server) !== true) ?? false;
  return {
    id: network.id,
    vdsmName: before.vdsmName,
    formerLabel: before.label,
    // Neither shows when the host is compared with its wish.
    resend: before.stp !== network.stp,
    fewerNameservers: left,
  };
}
