import type { NamedQos } from '../../entities.ts';
import { defineRule } from '../rule.ts';
import type { NetworkChange } from './network-change.ts';

const referred = ({ wanted, qoss = [] }: NetworkChange): NamedQos | undefined =>
  qoss.find((one) => one.id === wanted.qosId && one.type === 'hostnetwork');

export const qos06Known = defineRule({
  id: 'QOS-06',
  key: 'ACTION_TYPE_FAILED_QOS_NOT_FOUND',
  status: 400,
  sentence: 'QoS {qos} is not defined in data centre {dataCentre} for host networks.',
  *find(change: NetworkChange) {
    const { qosId: qos, dataCentreId: dataCentre } = change.wanted;
    if (qos !== null && referred(change) === undefined) yield { path: 'qos', values: { qos, dataCentre } };
  },
});

export const qos06SameDataCentre = defineRule({
  id: 'QOS-06',
  key: 'ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT',
  status: 400,
  sentence: 'QoS {qos} belongs to another data centre than network {network}.',
  *find(change: NetworkChange) {
    const qos = referred(change);
    if (qos === undefined || qos.dataCentreId === change.wanted.dataCentreId) return;
    yield { path: 'qos', values: { qos: qos.name, network: change.wanted.name } };
  },
});
