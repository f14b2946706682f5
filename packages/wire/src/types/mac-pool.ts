import { entity } from './common.ts';
import { boolean, collection, list, string, type Table } from './field.ts';

export const macPoolTypes = {
  mac_pool: {
    plural: 'mac_pools',
    doc: 'Ranges of hardware addresses that vNICs are given.',
    fields: {
      ...entity,
      allow_duplicates: boolean('Whether one address may be given twice.'),
      default_pool: boolean('Whether clusters without a pool of their own use this one.'),
      ranges: list('range', 'The ranges; present replaces all.'),
      permissions: collection('permission', 'Who may use the pool.'),
    },
  },
  range: {
    plural: 'ranges',
    doc: 'Hardware addresses from one to another, both included.',
    fields: { from: string('First address.'), to: string('Last address.') },
  },
} as const satisfies Record<string, Table>;
