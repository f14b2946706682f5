import { entity } from './common.ts';
import { statisticKind, statisticType, statisticUnit } from './enums.ts';
import { answer, decimal, link, list, oneOf, string, type Table } from './field.ts';

export const statisticTypes = {
  statistic: {
    plural: 'statistics',
    doc: 'A measured number.',
    fields: {
      ...entity,
      kind: answer(oneOf(statisticKind, 'A gauge goes up and down, a counter only up.')),
      type: answer(oneOf(statisticType, 'How to read the value.')),
      unit: answer(oneOf(statisticUnit, 'What the value counts.')),
      values: answer(list('value', 'One value, or none while it is unknown.')),
      host: answer(link('host', 'The host it was measured on.')),
      host_nic: answer(link('host_nic', 'The device it was measured on.')),
      step: answer(link('step', 'The step it belongs to.')),
    },
    ignored: ['brick', 'disk', 'gluster_volume', 'host_numa_node', 'nic', 'vm'],
  },
  value: {
    plural: 'values',
    doc: 'One measurement.',
    fields: {
      datum: answer(decimal('The number.')),
      detail: answer(string('The value when it is not a number.')),
    },
  },
} as const satisfies Record<string, Table>;
