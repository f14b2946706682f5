import { effectiveMtu } from '../../network/effective-mtu.ts';
import { defineRule } from '../rule.ts';
import { list, type NicSubject } from '../subjects.ts';

/** Tagged networks alone may differ: each has a device of its own. */
export const mtu01SharedWithUntagged = defineRule({
  id: 'MTU-01',
  key: 'NETWORK_MTU_DIFFERENCES',
  status: 409,
  sentence: 'On {nic} all networks must share the MTU of the untagged one; found {networks}.',
  *find({ nic, attachments }: NicSubject) {
    const networks = attachments.flatMap((one) => one.network ?? []);
    const mtus = new Set(networks.map(effectiveMtu));
    if (mtus.size < 2 || !networks.some((one) => one.vlan === null)) return;
    const found = networks.map((one) => `${one.name}(${one.mtu === 0 ? 'default' : one.mtu})`);
    const { path = null, label = null } = attachments.find((one) => one.path !== null) ?? {};
    yield { path, label, values: { nic, networks: list(found) } };
  },
});
