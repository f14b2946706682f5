import { entity } from './common.ts';
import { qosType } from './enums.ts';
import { int, link, oneOf, type Table } from './field.ts';

export const qosTypes = {
  qos: {
    plural: 'qoss',
    doc: 'Limits and shares of traffic. A host network has the three outbound shares, a vNIC the rates and bursts, disks and processors their own limits.',
    fields: {
      ...entity,
      cpu_limit: int('Percent of a processor that a virtual machine may use at most.'),
      inbound_average: int('Mbit per second towards a vNIC.'),
      inbound_burst: int('Megabytes that may exceed the average towards a vNIC.'),
      inbound_peak: int('Mbit per second during a burst towards a vNIC.'),
      max_iops: int('Reads and writes of a disk per second.'),
      max_read_iops: int('Reads of a disk per second.'),
      max_read_throughput: int('Megabytes read from a disk per second.'),
      max_throughput: int('Megabytes read from and written to a disk per second.'),
      max_write_iops: int('Writes of a disk per second.'),
      max_write_throughput: int('Megabytes written to a disk per second.'),
      outbound_average: int('Mbit per second from a vNIC.'),
      outbound_average_linkshare: int('Weight of the network among those on one device.'),
      outbound_average_realtime: int('Mbit per second guaranteed to the network.'),
      outbound_average_upperlimit: int('Mbit per second the network may use at most.'),
      outbound_burst: int('Megabytes that may exceed the average from a vNIC.'),
      outbound_peak: int('Mbit per second during a burst from a vNIC.'),
      type: oneOf(qosType, 'What it applies to.'),
      data_center: link('data_center', 'The data centre of a named QoS.'),
    },
  },
} as const satisfies Record<string, Table>;
