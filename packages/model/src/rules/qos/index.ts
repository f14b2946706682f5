import type { Violation } from '../../violation.ts';
import { outOfRange } from '../attachment/qos-04-ranges.ts';
import { checkAll, defineRule, group } from '../rule.ts';
import type { QosChange } from './qos-change.ts';

export const qos04NamedRanges = defineRule({
  id: 'QOS-04',
  key: 'ACTION_TYPE_FAILED_NETWORK_QOS_OUT_OF_RANGE_VALUES',
  status: 400,
  sentence: 'QoS {name}: {field} must be between 1 and {maximum}, got {value}.',
  *find({ wanted, settings }: QosChange) {
    if (wanted.type !== 'hostnetwork') return;
    for (const values of outOfRange(wanted, settings)) {
      yield { path: values.field, values: { name: wanted.name, ...values } };
    }
  },
});

export const qos07HasShare = defineRule({
  id: 'QOS-07',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_QOS_MISSING_VALUES',
  status: 400,
  sentence: 'QoS {name}: the weighted share (outbound_average_linkshare) is required.',
  *find({ wanted }: QosChange) {
    if (wanted.type !== 'hostnetwork' || wanted.outboundAverageLinkshare !== null) return;
    yield { path: 'outbound_average_linkshare', values: { name: wanted.name } };
  },
});

export const qos08LimitAboveCommitment = defineRule({
  id: 'QOS-08',
  key: 'ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INCONSISTENT_VALUES',
  status: 400,
  sentence: 'QoS {name}: the limit of {limit} Mbit/s is below the committed rate of {committed} Mbit/s.',
  *find({ wanted }: QosChange) {
    const { name, outboundAverageUpperlimit: limit, outboundAverageRealtime: committed } = wanted;
    if (limit === null || committed === null || limit >= committed) return;
    yield { path: 'outbound_average_upperlimit', values: { name, limit, committed } };
  },
});

/** Names are taken per type: a storage QoS may be called like one of host networks. */
export const qos09NameFree = defineRule({
  id: 'QOS-09',
  key: 'ACTION_TYPE_FAILED_QOS_NAME_EXIST',
  status: 400,
  sentence: 'QoS name {name} is taken in this data centre; choose another.',
  *find({ wanted: { id, name, type }, qoss }: QosChange) {
    if (qoss.some((one) => one.id !== id && one.name === name && one.type === type)) {
      yield { path: 'name', values: { name } };
    }
  },
});

export const qos10SameDataCentre = defineRule({
  id: 'QOS-10',
  key: 'ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT',
  status: 400,
  sentence: 'QoS {name} is not found in data centre {dataCentre}; create it there.',
  *find({ wanted, stored }: QosChange) {
    if (stored === null || stored.dataCentreId === wanted.dataCentreId) return;
    yield { path: 'data_center', values: { name: stored.name, dataCentre: wanted.dataCentreId } };
  },
});

export const qos11TypeStays = defineRule({
  id: 'QOS-11',
  key: 'OHN_QOS_11',
  status: 400,
  sentence: 'QoS {name} is of type {type} and cannot become {wanted}; create another.',
  *find({ wanted, stored }: QosChange) {
    if (stored === null || stored.type === wanted.type) return;
    yield { path: 'type', values: { name: stored.name, type: stored.type, wanted: wanted.type } };
  },
});

export const qosRules = [
  group<QosChange, QosChange>({
    title: 'QoS of a data centre',
    subjects: (change) => [change],
    rules: [
      ...[qos10SameDataCentre, qos11TypeStays, qos09NameFree],
      ...[qos04NamedRanges, qos07HasShare, qos08LimitAboveCommitment],
    ],
  }),
];

/** Judges a named QoS that is created or changed; empty when nothing stands in the way. */
export function validateQos(change: QosChange): Violation[] {
  return checkAll(qosRules, change);
}
