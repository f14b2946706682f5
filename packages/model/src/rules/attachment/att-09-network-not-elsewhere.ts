import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

/** A stored attachment that this request removes does not count: a label may bring its network back elsewhere. */
export const att09NetworkNotElsewhere = defineRule({
  id: 'ATT-09',
  key: 'ATTACHMENT_IS_NOT_REUSED',
  status: 400,
  sentence: 'Network {network} is already on host {host} as attachment {id}; change that one.',
  *find({ completed, attachment }: AttachmentSubject) {
    const other = lookup(completed.state).attachmentByNetworkId.get(attachment.network?.id ?? '');
    if (!other || other.id === attachment.stored?.id) return;
    if (completed.removedAttachments.some((removal) => removal.stored?.id === other.id)) return;
    const values = { network: networkName(attachment), host: completed.state.host.name, id: other.id };
    yield { path: attachment.path, values };
  },
});
