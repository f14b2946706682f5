import type { Cluster, ClusterNetwork, Network } from '../../entities.ts';
import type { NetworkUse } from '../../workload.ts';

/** What a cluster shall make of a network. */
export interface AssignmentChange {
  cluster: Cluster;
  network: Network;
  wanted: ClusterNetwork;
  stored: ClusterNetwork | null;
  /** Whether the client asks to add the network to the cluster, or to change how it is used there. */
  isNew: boolean;
  /** Hosts in the cluster. */
  hostCount: number;
  /** Nics of the cluster's hosts that carry the network without any address (CLN-05); none when left out. */
  unaddressed?: readonly { host: string; nic: string }[];
  /** What uses networks (CLN-10); nothing when left out. */
  uses?: readonly NetworkUse[];
}

/** Taking a network from a cluster. */
export interface Detachment {
  cluster: Cluster;
  network: Network;
  assignment: ClusterNetwork;
  /** What uses networks; nothing when left out. */
  uses?: readonly NetworkUse[];
}
