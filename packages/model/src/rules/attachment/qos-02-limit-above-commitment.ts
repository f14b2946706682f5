import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const qos02LimitAboveCommitment = defineRule({
  id: 'QOS-02',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_INCONSISTENT_VALUES',
  status: 400,
  sentence: 'QoS of {network}: the limit of {limit} Mbit/s is below the committed rate of {committed} Mbit/s.',
  *find({ attachment }: AttachmentSubject) {
    const limit = attachment.qos?.outboundAverageUpperlimit ?? null;
    const committed = attachment.qos?.outboundAverageRealtime ?? null;
    if (limit === null || committed === null || limit >= committed) return;
    yield { path: attachment.path, values: { network: networkName(attachment), limit, committed } };
  },
});
