import { defineRule } from '../rule.ts';
import type { LabelSubject } from '../subjects.ts';

export const unm03NicManaged = defineRule({
  id: 'UNM-03',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_LABEL_ON_UNMANAGED_NETWORK',
  status: 400,
  sentence: '{nic} carries unmanaged network {unmanaged} and cannot take label {label}; remove the network first.',
  *find({ completed: { after }, label: { label, nic, path } }: LabelSubject) {
    if (nic === null) return;
    for (const { vdsmName } of after.unmanagedOn.get(nic) ?? [])
      yield { path, values: { nic, unmanaged: vdsmName, label } };
  },
});
