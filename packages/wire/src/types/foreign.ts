import { entity } from './common.ts';
import type { Table } from './field.ts';

/** @param doc what it is, where there is any */
const foreign = <const P extends string>(plural: P, doc: string) =>
  ({ plural, doc, fields: { ...entity } }) satisfies Table;

/** Kinds of oVirt that host networks do not touch: their collections are empty, which clients that ask for all expect. */
export const foreignTypes = {
  vm: foreign('vms', 'A virtual machine; there are none here.'),
  template: foreign('templates', 'A template of virtual machines; there are none here.'),
  disk: foreign('disks', 'A disk; there are none here.'),
  storage_domain: foreign('storage_domains', 'A storage domain; there are none here.'),
  vm_pool: foreign('vm_pools', 'A pool of virtual machines; there are none here.'),
  group: foreign('groups', 'A group of users; there are none here.'),
  instance_type: foreign('instance_types', 'A size of virtual machines; there are none here.'),
  affinity_label: foreign('affinity_labels', 'An affinity label; there are none here.'),
  bookmark: foreign('bookmarks', 'A kept search; there are none here.'),
  iscsi_bond: foreign('iscsi_bonds', 'A bundle of storage networks; there are none here.'),
  cluster_level: foreign('cluster_levels', 'A compatibility version that clusters may have.'),
} as const satisfies Record<string, Table>;
