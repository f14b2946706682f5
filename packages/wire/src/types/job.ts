import { entity } from './common.ts';
import { externalSystem, jobStatus, stepType } from './enums.ts';
import { answer, boolean, collection, date, int, link, oneOf, type Table } from './field.ts';

export const jobTypes = {
  job: {
    plural: 'jobs',
    doc: 'An operation and how far it has come.',
    fields: {
      ...entity,
      auto_cleared: boolean('Whether it vanishes some time after its end.'),
      end_time: answer(date('When it ended.')),
      external: boolean('Whether a client reports its steps.'),
      last_updated: answer(date('When it last changed.')),
      start_time: answer(date('When it began.')),
      status: answer(oneOf(jobStatus, 'How it stands.')),
      owner: answer(link('user', 'Who started it.')),
      steps: collection('step', 'Its steps.'),
    },
  },
  step: {
    plural: 'steps',
    doc: 'One step of a job.',
    fields: {
      ...entity,
      end_time: answer(date('When it ended.')),
      external: boolean('Whether a client reports it.'),
      external_type: oneOf(externalSystem, 'What carries it out.'),
      number: answer(int('Place among its siblings.')),
      progress: int('Percent.'),
      start_time: answer(date('When it began.')),
      status: answer(oneOf(jobStatus, 'How it stands.')),
      type: oneOf(stepType, 'What kind of step it is.'),
      execution_host: answer(link('host', 'Where it runs.')),
      job: answer(link('job', 'The job it belongs to.')),
      parent_step: link('step', 'The step it is part of.'),
      statistics: collection('statistic', 'Its numbers.'),
    },
  },
} as const satisfies Record<string, Table>;
