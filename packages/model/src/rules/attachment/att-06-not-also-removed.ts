import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';

export const att06NotAlsoRemoved = defineRule({
  id: 'ATT-06',
  key: 'NETWORK_ATTACHMENT_IN_BOTH_LISTS',
  status: 400,
  sentence: 'Attachment {id} is both changed and removed; ask for one of them.',
  *find({ completed, attachment: { stored, path } }: AttachmentSubject) {
    if (!stored || !completed.removedAttachments.some((removal) => removal.stored?.id === stored.id)) return;
    yield { path, values: { id: stored.id } };
  },
});
