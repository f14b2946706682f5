import { entity } from './common.ts';
import { dataCenterStatus, quotaMode, storageFormat } from './enums.ts';
import { answer, boolean, collection, link, list, oneOf, struct, type Table } from './field.ts';

export const dataCenterTypes = {
  data_center: {
    plural: 'data_centers',
    doc: 'What shares one set of networks.',
    fields: {
      ...entity,
      local: boolean('Whether storage is local to hosts; kept as given.'),
      quota_mode: oneOf(quotaMode, 'Kept as given.'),
      status: answer(oneOf(dataCenterStatus, 'State of the data centre.')),
      storage_format: oneOf(storageFormat, 'Kept as given.'),
      supported_versions: answer(list('version', 'Versions the data centre could have.')),
      version: struct('version', 'Compatibility version.'),
      clusters: collection('cluster', 'The clusters.'),
      mac_pool: link('mac_pool', 'Where hardware addresses come from.'),
      networks: collection('network', 'The networks.'),
      permissions: collection('permission', 'Who may do what with the data centre.'),
      qoss: collection('qos', 'The named QoS.'),
    },
    ignored: ['iscsi_bonds', 'quotas', 'storage_domains'],
  },
} as const satisfies Record<string, Table>;
