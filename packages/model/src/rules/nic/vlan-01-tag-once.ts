import { groupBy } from '../../state/lookup.ts';
import { defineRule } from '../rule.ts';
import { list, type NicSubject, networkName } from '../subjects.ts';

export const vlan01TagOnce = defineRule({
  id: 'VLAN-01',
  key: 'OHN_VLAN_01',
  status: 409,
  sentence: 'VLAN {vlan} is wanted twice on {nic}: {networks}.',
  *find({ nic, attachments }: NicSubject) {
    const tagged = attachments.filter((one) => one.network && one.network.vlan !== null);
    for (const [vlan, group] of groupBy(tagged, (one) => String(one.network?.vlan))) {
      const networks = new Set(group.map(networkName));
      if (networks.size < 2) continue;
      const { path = null, label = null } = group.find((one) => one.path !== null) ?? {};
      yield { path, label, values: { vlan, nic, networks: list(networks) } };
    }
  },
});
