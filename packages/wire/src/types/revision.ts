/** Types of our own: what a host was made to look like, change by change. */
import { entity } from './common.ts';
import { configEntryKind } from './enums.ts';
import { answer, date, link, list, oneOf, string, struct, type Table } from './field.ts';

export const revisionTypes = {
  host_revision: {
    plural: 'host_revisions',
    doc: 'A change that a host has kept; its id is its number. Lists show who, when and what for; a single one shows all.',
    fields: {
      ...entity,
      after: answer(list('config_entry', 'What the host was told to look like.')),
      before: answer(list('config_entry', 'What the host had been told before.')),
      change_set: answer(struct('action', 'The change with everything the request left out.')),
      correlation_id: answer(string('Names the operation in events and jobs.')),
      differences: answer(
        list('config_difference', 'Between before and after; with `since`, between that revision and this one.'),
      ),
      steps: answer(list('kernel_step', 'What the host did, in this order.')),
      time: answer(date('When the host had taken the change.')),
      host: answer(link('host', 'The host.')),
      user: answer(link('user', 'Who asked for it; absent when nobody did.')),
    },
  },
  config_entry: {
    plural: 'config_entries',
    doc: 'One nic, bond or network of a host, as the host is told.',
    fields: {
      kind: answer(oneOf(configEntryKind, 'What it is.')),
      name: answer(string('Name on the host.')),
      properties: answer(list('property', 'What is set of it.')),
    },
  },
} as const satisfies Record<string, Table>;
