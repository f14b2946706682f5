import { defineRule } from '../rule.ts';
import { list, type NicSubject, networkName } from '../subjects.ts';

export const excl01OneUntagged = defineRule({
  id: 'EXCL-01',
  key: 'NETWORK_INTERFACES_NOT_EXCLUSIVELY_USED_BY_UNTAGGED_NETWORK',
  status: 409,
  sentence: 'Only one untagged network fits on a nic; {nic} would have several: {networks}.',
  *find({ nic, attachments }: NicSubject) {
    const untagged = attachments.filter((one) => one.network?.vlan === null);
    if (untagged.length < 2) return;
    const { path = null, label = null } = untagged.find((one) => one.path !== null) ?? {};
    yield { path, label, values: { nic, networks: list(untagged.map(networkName)) } };
  },
});
