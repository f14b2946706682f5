import type { Network } from '../../entities.ts';
import { defineRule } from '../rule.ts';
import { list } from '../subjects.ts';
import type { NetworkChange } from './network-change.ts';

export const lbl32LabelNotDeployed = defineRule({
  id: 'LBL-32',
  key: 'ACTION_TYPE_FAILED_NETWORK_LABEL_RENAMING_NOT_SUPPORTED',
  status: 400,
  sentence: '{network} is deployed through label {label} on {nics}; remove the label first.',
  *find({ wanted, stored, labelledNics = [] }: NetworkChange) {
    const label = stored?.label ?? null;
    if (!stored || label === null || wanted.label === null || wanted.label === label || labelledNics.length === 0)
      return;
    const nics = list(labelledNics.map(({ host, nic }) => `${host}/${nic}`));
    yield { path: 'label', values: { network: stored.name, label, nics } };
  },
});

/** Putting a label on a network by the label's own address. */
export interface NetworkLabelling {
  network: Network;
  label: string;
}

export const lbl30NotYetLabelled = defineRule({
  id: 'LBL-30',
  key: 'ACTION_TYPE_FAILED_NETWORK_ALREADY_LABELED',
  status: 400,
  sentence: '{network} already has label {label}; take that one off first.',
  *find({ network }: NetworkLabelling) {
    if (network.label !== null)
      yield { path: 'network_label', values: { network: network.name, label: network.label } };
  },
});
