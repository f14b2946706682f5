import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';

/** Says, beside ATT-03, what to do about it. */
export const att08NetworkAssigned = defineRule({
  id: 'ATT-08',
  key: 'NETWORK_OF_GIVEN_NAME_NOT_EXISTS_IN_CLUSTER',
  status: 400,
  sentence: 'Network {network} is not assigned to cluster {cluster}; assign it first.',
  *find({ completed: { state }, attachment: { network, networkRef, path } }: AttachmentSubject) {
    const known = lookup(state);
    const other =
      known.otherNetworkById.get(networkRef.id ?? '') ?? known.otherNetworkByName.get(networkRef.name ?? '');
    if (!network && other) yield { path, values: { network: other.name, cluster: state.cluster.name } };
  },
});
