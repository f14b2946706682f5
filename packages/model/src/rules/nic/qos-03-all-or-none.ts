import type { WantedAttachment } from '../../complete/completed.ts';
import { defineRule } from '../rule.ts';
import { list, type NicSubject, networkName } from '../subjects.ts';

export const qos03AllOrNone = defineRule({
  id: 'QOS-03',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS',
  status: 400,
  sentence: 'On {nic} either all networks have QoS or none; without: {networks}.',
  *find({ nic, attachments }: NicSubject) {
    const without = attachments.filter((one) => !hasQos(one));
    if (without.length === 0 || without.length === attachments.length) return;
    const { path = null, label = null } = attachments.find((one) => one.path !== null) ?? {};
    yield { path, label, values: { nic, networks: list(without.map(networkName)) } };
  },
});

/** The attachment's override wins, and an empty one means "none"; else the network's named QoS counts. */
function hasQos({ qos, network }: WantedAttachment): boolean {
  if (!qos) return network !== null && network.qosId !== null;
  return Object.values(qos).some((value) => value !== null);
}
