import type { HostState } from '../../host-state.ts';
import { defineRule } from '../rule.ts';
import type { AttachmentSubject, BondSubject, LabelSubject } from '../subjects.ts';

/** Passed through to a VM, a virtual function is out of the host's hands. */
const row = {
  id: 'VF-09',
  key: 'OHN_VF_09',
  status: 409,
  sentence: '{nic} is held by VM {vm}; stop the VM or choose another nic.',
} as const;

const holder = (state: HostState, nic: string | null) => (nic === null ? undefined : state.workload?.holderOf.get(nic));

export const vf09AttachedNotHeld = defineRule({
  ...row,
  *find({ completed: { state }, attachment: { nic, path, label } }: AttachmentSubject) {
    const vm = holder(state, nic);
    if (nic !== null && vm !== undefined) yield { path, label, values: { nic, vm } };
  },
});

export const vf09SlaveNotHeld = defineRule({
  ...row,
  *find({ completed: { state }, bond: { slaves, path } }: BondSubject) {
    for (const { name: nic } of slaves) {
      const vm = holder(state, nic);
      if (nic !== null && vm !== undefined) yield { path, values: { nic, vm } };
    }
  },
});

export const vf09LabelledNotHeld = defineRule({
  ...row,
  *find({ completed: { state }, label: { nic, path } }: LabelSubject) {
    const vm = holder(state, nic);
    if (nic !== null && vm !== undefined) yield { path, values: { nic, vm } };
  },
});
