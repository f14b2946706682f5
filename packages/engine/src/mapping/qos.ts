import { isEmptyQos, type NamedQos, type Qos, type QosType } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { reference } from './link.ts';

type Values = Qos & Pick<NamedQos, 'others'>;

const outbound = [
  ['outboundAverageLinkshare', 'outbound_average_linkshare'],
  ['outboundAverageRealtime', 'outbound_average_realtime'],
  ['outboundAverageUpperlimit', 'outbound_average_upperlimit'],
] as const;

/** Which members a QoS of a type has, besides those of host networks. */
const members = {
  hostnetwork: [],
  network: [
    ...['inbound_average', 'inbound_burst', 'inbound_peak'],
    ...['outbound_average', 'outbound_burst', 'outbound_peak'],
  ],
  storage: [
    ...['max_iops', 'max_read_iops', 'max_read_throughput', 'max_throughput'],
    ...['max_write_iops', 'max_write_throughput'],
  ],
  cpu: ['cpu_limit'],
} as const satisfies Record<QosType, readonly (keyof ApiObject<'qos'>)[]>;

/** A QoS without a name: the override of an attachment, or what a nic was found to do. */
export function qosToWire(qos: Qos): ApiObject<'qos'> {
  const known = outbound.flatMap(([key, name]) => (qos[key] === null ? [] : [[name, qos[key]]]));
  return { ...Object.fromEntries(known), type: 'hostnetwork' };
}

export function namedQosToWire(base: string, qos: NamedQos): ApiObject<'qos'> {
  return {
    href: qosReference(base, qos).href,
    id: qos.id,
    name: qos.name,
    ...(qos.description === '' ? {} : { description: qos.description }),
    ...(qos.comment === '' ? {} : { comment: qos.comment }),
    ...(isEmptyQos(qos) ? {} : qosToWire(qos)),
    ...qos.others,
    type: qos.type,
    data_center: reference(base, 'datacenters', qos.dataCentreId),
  };
}

export function qosReference(base: string, { dataCentreId, id }: Pick<NamedQos, 'dataCentreId' | 'id'>) {
  return reference(base, `datacenters/${dataCentreId}/qoss`, id);
}

/** The three values of an override; what is not given is not limited. */
export function qosFromWire(body: ApiObject<'qos'>): Qos {
  return {
    outboundAverageLinkshare: body.outbound_average_linkshare ?? null,
    outboundAverageUpperlimit: body.outbound_average_upperlimit ?? null,
    outboundAverageRealtime: body.outbound_average_realtime ?? null,
  };
}

/** The members of the type that a body has, on top of what is stored; members of other types mean nothing. */
export function namedQosValues(type: QosType, body: ApiObject<'qos'>, stored: Values | null): Values {
  const others = { ...stored?.others };
  for (const name of members[type]) {
    const value = body[name];
    if (typeof value === 'number') others[name] = value;
  }
  const values: Values = {
    outboundAverageLinkshare: stored?.outboundAverageLinkshare ?? null,
    outboundAverageUpperlimit: stored?.outboundAverageUpperlimit ?? null,
    outboundAverageRealtime: stored?.outboundAverageRealtime ?? null,
    others,
  };
  if (type === 'hostnetwork') for (const [key, name] of outbound) values[key] = body[name] ?? values[key];
  return values;
}
