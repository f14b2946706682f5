import { entity } from './common.ts';
import { answer, date, int, link, list, string, struct, type Table } from './field.ts';

export const apiTypes = {
  api: {
    plural: 'apis',
    doc: 'The root of the API: what there is, who asks, and which version answers.',
    fields: {
      ...entity,
      product_info: answer(struct('product_info', 'What answers.')),
      special_objects: answer(struct('special_objects', 'Objects with fixed identities.')),
      summary: answer(struct('api_summary', 'How much there is; administrators only.')),
      time: answer(date('The clock of the engine.')),
      authenticated_user: answer(link('user', 'Who signed in.')),
      effective_user: answer(link('user', 'On whose behalf.')),
    },
    ignored: ['engine_backup'],
  },
  product_info: {
    plural: 'product_infos',
    doc: 'What answers.',
    fields: {
      instance_id: answer(string('Identity of this installation.')),
      name: answer(string('Product name.')),
      vendor: answer(string('Vendor name.')),
      version: answer(struct('version', 'Version of the API.')),
    },
  },
  special_objects: {
    plural: 'special_objectss',
    doc: 'Objects with fixed identities.',
    fields: { root_tag: answer(link('tag', 'The tag above all others.')) },
    ignored: ['blank_template'],
  },
  api_summary: {
    plural: 'api_summaries',
    doc: 'How much there is.',
    fields: {
      hosts: answer(struct('api_summary_item', 'Hosts.')),
      storage_domains: answer(struct('api_summary_item', 'Storage domains.')),
      users: answer(struct('api_summary_item', 'Users.')),
      vms: answer(struct('api_summary_item', 'Virtual machines.')),
    },
  },
  api_summary_item: {
    plural: 'api_summary_items',
    doc: 'Numbers of one kind of entity.',
    fields: { active: answer(int('In use.')), total: answer(int('All.')) },
  },
  system_option: {
    plural: 'system_options',
    doc: 'A setting of the engine.',
    fields: { ...entity, values: answer(list('system_option_value', 'Its value, for each version that has one.')) },
  },
  system_option_value: {
    plural: 'system_option_values',
    doc: 'The value of a setting.',
    fields: {
      value: answer(string('The value.')),
      version: answer(string('The compatibility version it applies to, or `general`.')),
    },
  },
} as const satisfies Record<string, Table>;
