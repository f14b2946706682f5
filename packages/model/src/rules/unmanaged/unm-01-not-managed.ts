import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { UnmanagedSubject } from '../subjects.ts';

export const unm01NotManaged = defineRule({
  id: 'UNM-01',
  key: 'REMOVED_UNMANAGED_NETWORK_IS_A_CLUSTER_NETWORK',
  status: 400,
  sentence: '{network} is a network of cluster {cluster}; remove its attachment instead.',
  *find({ completed: { state }, network }: UnmanagedSubject) {
    const known = lookup(state);
    if (!known.networkByVdsmName.has(network) && !known.networkByName.has(network)) return;
    yield { path: null, values: { network, cluster: state.cluster.name } };
  },
});
