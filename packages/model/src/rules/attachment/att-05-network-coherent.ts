import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, attachmentName } from '../subjects.ts';

export const att05NetworkCoherent = defineRule({
  id: 'ATT-05',
  key: 'NETWORK_ATTACHMENT_REFERENCES_NETWORK_INCOHERENTLY',
  status: 400,
  sentence:
    'Attachment {attachment}: network id {id} and network name {name} do not belong together; give one of them.',
  *find({ completed: { state }, attachment }: AttachmentSubject) {
    const { id, name } = attachment.networkRef;
    const known = lookup(state);
    const [byId, byName] = [known.networkById.get(id ?? ''), known.networkByName.get(name ?? '')];
    if (id === null || name === null || !byId || !byName || byId === byName) return;
    yield { path: attachment.path, values: { attachment: attachmentName(attachment), id, name } };
  },
});
