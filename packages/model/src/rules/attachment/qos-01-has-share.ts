import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

/** An empty override is a wish of its own: no QoS here. */
export const qos01HasShare = defineRule({
  id: 'QOS-01',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_MISSING_VALUES',
  status: 400,
  sentence: 'QoS of {network}: the weighted share (outbound_average_linkshare) is required.',
  *find({ attachment }: AttachmentSubject) {
    const { qos, path } = attachment;
    if (!qos || qos.outboundAverageLinkshare !== null) return;
    if (qos.outboundAverageUpperlimit === null && qos.outboundAverageRealtime === null) return;
    yield { path, values: { network: networkName(attachment) } };
  },
});
