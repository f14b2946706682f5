import { entity } from './common.ts';
import { qosType } from './enums.ts';
import { int, link, oneOf, type Table } from './field.ts';

export const qosTypes = {
  qos: {
    plural: 'qoss',
    doc: 'Limits and shares of traffic. A host network has the three outbound shares, a vNIC the rates and bursts.',
    fields: {
      ...entity,
      inbound_average: int('Mbit per second towards a vNIC.'),
      inbound_burst: int('Megabytes that may exceed the average towards a vNIC.'),
      inbound_peak: int('Mbit per second during a burst towards a vNIC.'),
      outbound_average: int('Mbit per second from a vNIC.'),
      outbound_average_linkshare: int('Weight of the network among those on one device.'),
      outbound_average_realtime: int('Mbit per second guaranteed to the network.'),
      outbound_average_upperlimit: int('Mbit per second the network may use at most.'),
      outbound_burst: int('Megabytes that may exceed the average from a vNIC.'),
      outbound_peak: int('Mbit per second during a burst from a vNIC.'),
      type: oneOf(qosType, 'What it applies to.'),
      data_center: link('data_center', 'The data centre of a named QoS.'),
    },
    ignored: [
      'cpu_limit',
      'max_iops',
      'max_read_iops',
      'max_read_throughput',
      'max_throughput',
      'max_write_iops',
      'max_write_throughput',
    ],
  },
} as const satisfies Record<string, Table>;
