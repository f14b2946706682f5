import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';

export const att02Known = defineRule({
  id: 'ATT-02',
  key: 'MODIFIED_NETWORK_ATTACHMENT_DOES_NOT_EXISTS',
  status: 400,
  sentence: 'Host {host} has no network attachment {id}.',
  *find({ completed, attachment: { id, stored, path } }: AttachmentSubject) {
    if (id !== null && !stored) yield { path, values: { host: completed.state.host.name, id } };
  },
});
