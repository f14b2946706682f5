import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';

export const att01NamesNetwork = defineRule({
  id: 'ATT-01',
  key: 'VALIDATION_NETWORK_ID_OR_NETWORK_NAME_MUST_BE_SET',
  status: 400,
  sentence: '{path}: an attachment must name a network by id or name.',
  *find({ attachment: { id, networkRef, path } }: AttachmentSubject) {
    if (id !== null || networkRef.id !== null || networkRef.name !== null) return;
    yield { path, values: { path: path ?? 'attachment' } };
  },
});
