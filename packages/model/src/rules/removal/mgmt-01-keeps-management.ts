import { defineRule } from '../rule.ts';
import type { RemovalSubject } from '../subjects.ts';

/** Only the management network of the host's own cluster counts; oVirt looks at every cluster. */
export const mgmt01KeepsManagement = defineRule({
  id: 'MGMT-01',
  key: 'NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK',
  status: 400,
  sentence: '{network} is the management network of cluster {cluster} and cannot be removed from host {host}.',
  *find({ completed: { state }, removal: { network, path, label } }: RemovalSubject) {
    if (!network?.assignment.roles.management) return;
    yield { path, label, values: { network: network.name, cluster: state.cluster.name, host: state.host.name } };
  },
});
