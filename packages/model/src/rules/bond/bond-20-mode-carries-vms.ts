import { defineRule } from '../rule.ts';
import type { AttachmentSubject } from '../subjects.ts';
import { unfitForVms } from './unfit-for-vms.ts';

export const bond20ModeCarriesVms = defineRule({
  id: 'BOND-20',
  key: 'INVALID_BOND_MODE_FOR_BOND_WITH_VM_NETWORK',
  status: 400,
  sentence: 'Bond {bond} uses mode {mode}, which cannot carry VM network {network}; use 1, 2, 3 or 4.',
  *find(subject: AttachmentSubject) {
    const unfit = unfitForVms(subject);
    if (!unfit || unfit.label !== null) return;
    const { bond, mode, network } = unfit;
    yield { path: subject.attachment.path, values: { bond, mode, network } };
  },
});

export const bond21ModeCarriesLabelledVms = defineRule({
  id: 'BOND-21',
  key: 'INVALID_BOND_MODE_FOR_BOND_WITH_LABELED_VM_NETWORK',
  status: 400,
  sentence:
    'Bond {bond} uses mode {mode}, which cannot carry VM network {network}, which label {label} brings; use 1, 2, 3 or 4.',
  *find(subject: AttachmentSubject) {
    const unfit = unfitForVms(subject);
    if (!unfit || unfit.label === null) return;
    const { bond, mode, network, label } = unfit;
    yield { path: subject.attachment.path, values: { bond, mode, network, label } };
  },
});
