import { entity } from './common.ts';
import { eventSeverity } from './enums.ts';
import { answer, boolean, date, int, link, oneOf, string, type Table } from './field.ts';

export const eventTypes = {
  event: {
    plural: 'events',
    doc: 'Something that happened. Its id is a decimal number and grows.',
    fields: {
      ...entity,
      code: answer(int('Number of the kind of event.')),
      correlation_id: string('The operation it belongs to.'),
      custom_data: string('Free data of whoever reported it.'),
      custom_id: int('Number given by whoever reported it.'),
      flood_rate: int('Seconds in which an equal event is not repeated.'),
      index: answer(int('The id as a number.')),
      log_on_host: boolean('Whether it is written to the log of the host too.'),
      origin: string('Who reported it.'),
      severity: oneOf(eventSeverity, 'How bad it is.'),
      time: date('When it happened.'),
      cluster: link('cluster', 'The cluster it concerns.'),
      data_center: link('data_center', 'The data centre it concerns.'),
      host: link('host', 'The host it concerns.'),
      user: link('user', 'Who caused it.'),
    },
    ignored: ['storage_domain', 'template', 'vm'],
  },
} as const satisfies Record<string, Table>;
