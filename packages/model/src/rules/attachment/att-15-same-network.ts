import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';

export const att15SameNetwork = defineRule({
  id: 'ATT-15',
  key: 'CANNOT_CHANGE_ATTACHED_NETWORK',
  status: 400,
  sentence: 'Attachment {id} cannot switch to network {network}; remove it and attach the other one.',
  *find({ attachment: { stored, network, path } }: AttachmentSubject) {
    if (!stored || !network || stored.networkId === network.id) return;
    yield { path, values: { id: stored.id, network: network.name } };
  },
});
