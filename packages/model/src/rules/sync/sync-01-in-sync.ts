import { reportedConfigurations } from '../../in-sync/reported-configurations.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, list, networkName } from '../subjects.ts';

/**
 * Our own `x_` entries do not count: where the network has vanished or sits on another nic there is nothing of it that an
 * update could overwrite unseen, and the update is how it is put right.
 */
export const sync01InSync = defineRule({
  id: 'SYNC-01',
  key: 'NETWORK_NOT_IN_SYNC',
  status: 409,
  sentence: '{network} differs from its definition ({differences}); synchronise it first or in the same request.',
  *find({ completed, attachment }: AttachmentSubject) {
    if (!attachment.stored || attachment.override) return;
    const differing = (reportedConfigurations(completed.state, attachment.stored) ?? [])
      .filter((entry) => !entry.inSync && !entry.name.startsWith('x_'))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    if (differing.length === 0) return;
    const differences = differing.map(
      (one) => `${one.name}: host ${one.actual ?? 'none'}, wanted ${one.expected ?? 'none'}`,
    );
    const values = { network: networkName(attachment), differences: list(differences) };
    yield { path: attachment.path, label: attachment.label, values };
  },
});
