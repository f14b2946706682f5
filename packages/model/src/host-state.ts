/** Everything the model needs to know about one host to judge and build a change. Loaded once per request. */
import type { Attachment, Cluster, ClusterNetwork, Host, Network, Nic, Qos } from './entities.ts';
import type { ObservedHost } from './observed.ts';
import type { Settings } from './settings.ts';
import type { HostWorkload } from './workload.ts';

export interface HostState {
  host: Host;
  cluster: Cluster;
  /** Networks assigned to the host's cluster, each with the named QoS it refers to. */
  networks: (Network & { assignment: ClusterNetwork; qos: Qos | null })[];
  /** Known networks of the data centre that are not assigned to the cluster (ATT-08). */
  otherNetworks: Network[];
  nics: Nic[];
  attachments: Attachment[];
  /** Null when the host has never reported. */
  observed: ObservedHost | null;
  /** Static addresses on other hosts of the data centre (IP-13), spelled canonically: address to `network on host`. */
  addressesElsewhere: ReadonlyMap<string, string>;
  settings: Settings;
  /** What runs on the host; absent where nobody tells. */
  workload?: HostWorkload;
}
