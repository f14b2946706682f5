import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const att13NamesNic = defineRule({
  id: 'ATT-13',
  key: 'HOST_NETWORK_INTERFACE_DOES_NOT_HAVE_NAME_SET',
  status: 400,
  sentence: 'Attachment of {network} names no nic; give host_nic by id or name.',
  *find({ attachment }: AttachmentSubject) {
    const { id, name } = attachment.nicRef;
    if (id === null && name === null) yield { path: attachment.path, values: { network: networkName(attachment) } };
  },
});
