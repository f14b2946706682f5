import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const unm04NicManaged = defineRule({
  id: 'UNM-04',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_ATTACHEMENT_ON_UNMANAGED_NETWORK',
  status: 400,
  sentence: '{nic} carries unmanaged network {unmanaged}; remove it before attaching {network}.',
  *find({ completed: { after }, attachment }: AttachmentSubject) {
    const { nic, path, label } = attachment;
    if (nic === null) return;
    for (const { vdsmName } of after.unmanagedOn.get(nic) ?? []) {
      yield { path, label, values: { nic, unmanaged: vdsmName, network: networkName(attachment) } };
    }
  },
});
