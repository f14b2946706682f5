import { defineRule } from '../rule.ts';
import type { AttachmentSubject, RemovalSubject } from '../subjects.ts';

const row = {
  id: 'EXT-01',
  key: 'EXTERNAL_NETWORK_HAVING_NAME_CANNOT_BE_PROVISIONED',
  status: 400,
  sentence: 'External network {network} is not configured on hosts; its provider brings it to where it is needed.',
} as const;

export const ext01NotAttached = defineRule({
  ...row,
  *find({ attachment: { network, path, label } }: AttachmentSubject) {
    if (network?.external) yield { path, label, values: { network: network.name } };
  },
});

export const ext01NotRemoved = defineRule({
  ...row,
  *find({ removal: { network, path, label } }: RemovalSubject) {
    if (network?.external) yield { path, label, values: { network: network.name } };
  },
});
