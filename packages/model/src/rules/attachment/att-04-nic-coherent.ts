import { lookup } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, attachmentName } from '../subjects.ts';

export const att04NicCoherent = defineRule({
  id: 'ATT-04',
  key: 'NETWORK_ATTACHMENT_REFERENCES_NICS_INCOHERENTLY',
  status: 400,
  sentence: 'Attachment {attachment}: nic id {id} and nic name {name} do not belong together; give one of them.',
  *find({ completed: { state }, attachment }: AttachmentSubject) {
    const { id, name } = attachment.nicRef;
    if (id === null || name === null) return;
    const known = lookup(state);
    if (known.nicById.get(id) === known.nicByName.get(name)) return;
    yield { path: attachment.path, values: { attachment: attachmentName(attachment), id, name } };
  },
});
