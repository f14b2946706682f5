import type { ClusterNetwork, NamedQos, Network } from '../../entities.ts';
import type { NetworkUse } from '../../workload.ts';

/** A network of the data centre as it shall be, and what surrounds it. */
export interface NetworkChange {
  wanted: Network;
  /** Null when it is being created. */
  stored: Network | null;
  /** All networks of the data centre; the stored one may be among them. */
  networks: readonly Network[];
  /** Every named QoS of every data centre; left out where networks have none. */
  qoss?: readonly NamedQos[];
  /** Names of the hosts that carry a network. */
  usedBy(networkId: string): readonly string[];
  /** What else uses networks (NET-14, NET-15); nothing when left out. */
  uses?: readonly NetworkUse[];
  /** Nics that carry the network through the label it has now (LBL-32); left out when labels do not change. */
  labelledNics?: readonly { host: string; nic: string }[];
}

export interface NetworkRemoval {
  network: Network;
  /** What clusters make of it. */
  assignments: readonly ClusterNetwork[];
  /** All networks of the data centre. */
  networks: readonly Network[];
  uses: readonly NetworkUse[];
}
