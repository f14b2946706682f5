import { defineRule } from '../rule.ts';
import { attachmentName, list, networkName, type RemovedBondSubject } from '../subjects.ts';

/** Also what becomes of attaching a network to a bond that the same request removes (ATT-19). */
export const bond18RemovedIsEmpty = defineRule({
  id: 'BOND-18',
  key: 'BOND_USED_BY_NETWORK_ATTACHMENTS',
  status: 409,
  sentence:
    'Bond {bond} still carries {networks} (attachments {attachments}); move or remove them in the same request.',
  *find({ completed, removal: { nic, path } }: RemovedBondSubject) {
    const carried = nic?.kind === 'bond' ? (completed.after.attachmentsOn.get(nic.name) ?? []) : [];
    if (!nic || carried.length === 0) return;
    const values = {
      bond: nic.name,
      networks: list(carried.map(networkName)),
      attachments: list(carried.map(attachmentName)),
    };
    yield { path, values };
  },
});
