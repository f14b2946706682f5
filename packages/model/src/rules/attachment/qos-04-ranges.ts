import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

/** Largest values: a share is a weight, the others are Mbit/s. */
const fields = [
  ['outboundAverageLinkshare', 'outbound_average_linkshare', 100],
  ['outboundAverageUpperlimit', 'outbound_average_upperlimit', 17179],
  ['outboundAverageRealtime', 'outbound_average_realtime', 17179],
] as const;

export const qos04Ranges = defineRule({
  id: 'QOS-04',
  key: 'ACTION_TYPE_FAILED_NETWORK_QOS_OUT_OF_RANGE_VALUES',
  status: 400,
  sentence: 'QoS of {network}: {field} must be between 1 and {maximum}, got {value}.',
  *find({ attachment }: AttachmentSubject) {
    for (const [key, field, maximum] of fields) {
      const value = attachment.qos?.[key] ?? null;
      if (value === null || (Number.isInteger(value) && value >= 1 && value <= maximum)) continue;
      yield { path: attachment.path, values: { network: networkName(attachment), field, maximum, value } };
    }
  },
});
