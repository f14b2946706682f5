/** Everything the model needs to know about one host to judge and build a change. Loaded once per request. */
import type { Attachment, Cluster, ClusterNetwork, Host, Network, Nic } from './entities.ts';
import type { ObservedHost } from './observed.ts';

export interface HostState {
  host: Host;
  cluster: Cluster;
  /** Networks assigned to the host's cluster. */
  networks: (Network & { assignment: ClusterNetwork })[];
  /** Known networks of the data centre that are not assigned to the cluster (ATT-08). */
  otherNetworks: Network[];
  nics: Nic[];
  attachments: Attachment[];
  /** Null when the host has never reported. */
  observed: ObservedHost | null;
  /** Static addresses on other hosts of the data centre (IP-13): address to `network on host`. */
  addressesElsewhere: ReadonlyMap<string, string>;
}
