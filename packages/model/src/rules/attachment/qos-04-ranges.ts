import type { Qos } from '../../entities.ts';
import type { Settings } from '../../settings.ts';
import { defineRule } from '../rule.ts';
import { type AttachmentSubject, networkName } from '../subjects.ts';

export const qos04Ranges = defineRule({
  id: 'QOS-04',
  key: 'ACTION_TYPE_FAILED_NETWORK_QOS_OUT_OF_RANGE_VALUES',
  status: 400,
  sentence: 'QoS of {network}: {field} must be between 1 and {maximum}, got {value}.',
  *find({ completed, attachment }: AttachmentSubject) {
    if (attachment.qos === null) return;
    for (const values of outOfRange(attachment.qos, completed.state.settings)) {
      yield { path: attachment.path, values: { network: networkName(attachment), ...values } };
    }
  },
});

/** The values that are not whole numbers from 1 to their maximum, by the API's names. */
export function outOfRange(qos: Qos, settings: Settings): { field: string; maximum: number; value: number }[] {
  const fields = [
    ['outbound_average_linkshare', settings.maxQosShare, qos.outboundAverageLinkshare],
    ['outbound_average_upperlimit', settings.maxQosRate, qos.outboundAverageUpperlimit],
    ['outbound_average_realtime', settings.maxQosRate, qos.outboundAverageRealtime],
  ] as const;
  return fields.flatMap(([field, maximum, value]) =>
    value === null || (Number.isInteger(value) && value >= 1 && value <= maximum) ? [] : [{ field, maximum, value }],
  );
}
