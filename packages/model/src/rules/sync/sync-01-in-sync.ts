import { reportedConfigurations } from '../../in-sync/reported-configurations.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, list, networkName } from '../subjects.ts';

/**
 * A network that has vanished from the host is out of sync like any other: somebody took it away, and whoever puts it back says
 * so by synchronising it in the same request.
 */
export const sync01InSync = defineRule({
  id: 'SYNC-01',
  key: 'NETWORK_NOT_IN_SYNC',
  status: 409,
  sentence: '{network} differs from its definition ({differences}); synchronise it first or in the same request.',
  *find({ completed, attachment }: AttachmentSubject) {
    if (!attachment.stored || attachment.override) return;
    const differing = (reportedConfigurations(completed.state, attachment.stored) ?? [])
      .filter((entry) => !entry.inSync)
      .sort((one, other) => (one.name < other.name ? -1 : 1));
    if (differing.length === 0) return;
    const differences = differing.map(
      (one) => `${one.name}: host ${one.actual ?? 'none'}, wanted ${one.expected ?? 'none'}`,
    );
    const values = { network: networkName(attachment), differences: list(differences) };
    yield { path: attachment.path, label: attachment.label, values };
  },
});
