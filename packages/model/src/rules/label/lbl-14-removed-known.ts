import { defineRule } from '../rule.ts';
import type { RemovedLabelSubject } from '../subjects.ts';

export const lbl14RemovedKnown = defineRule({
  id: 'LBL-14',
  key: 'LABEL_NOT_EXIST_IN_HOST',
  status: 400,
  sentence: 'Host {host} has no label {label}.',
  *find({ completed, removal: { label, nic, path } }: RemovedLabelSubject) {
    if (!nic) yield { path, values: { host: completed.state.host.name, label } };
  },
});
