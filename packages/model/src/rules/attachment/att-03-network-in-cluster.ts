import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';

export const att03NetworkId = defineRule({
  id: 'ATT-03',
  key: 'NETWORK_HAVING_ID_NOT_EXISTS',
  status: 400,
  sentence: 'No network with id {id} in cluster {cluster}.',
  *find({ completed: { state }, attachment: { networkRef, path } }: AttachmentSubject) {
    if (networkRef.id === null || lookup(state).networkById.has(networkRef.id)) return;
    yield { path, values: { id: networkRef.id, cluster: state.cluster.name } };
  },
});

export const att03bNetworkName = defineRule({
  id: 'ATT-03b',
  key: 'NETWORK_HAVING_NAME_NOT_EXISTS',
  status: 400,
  sentence: 'No network named {name} in cluster {cluster}.',
  *find({ completed: { state }, attachment: { networkRef, path } }: AttachmentSubject) {
    if (networkRef.name === null || lookup(state).networkByName.has(networkRef.name)) return;
    yield { path, values: { name: networkRef.name, cluster: state.cluster.name } };
  },
});
