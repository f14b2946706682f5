import { effectiveQos } from '../../network/effective-qos.ts';
import { defineRule } from '../rule.ts';
import { list, type NicSubject, networkName } from '../subjects.ts';

export const qos03AllOrNone = defineRule({
  id: 'QOS-03',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS',
  status: 400,
  sentence: 'On {nic} either all networks have QoS or none; without: {networks}.',
  *find({ nic, attachments }: NicSubject) {
    const without = attachments.filter((one) => effectiveQos(one, one.network) === null);
    if (without.length === 0 || without.length === attachments.length) return;
    const { path = null, label = null } = attachments.find((one) => one.path !== null) ?? {};
    yield { path, label, values: { nic, networks: list(without.map(networkName)) } };
  },
});
