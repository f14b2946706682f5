import { defineRule } from '../rule.ts';
import type { AssignmentChange } from './assignment-change.ts';

export const mgmt03Required = defineRule({
  id: 'MGMT-03',
  key: 'ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED',
  status: 400,
  sentence: 'Management network {network} must be required.',
  *find({ network, wanted }: AssignmentChange) {
    if (wanted.roles.management && !wanted.required) yield { path: 'required', values: { network: network.name } };
  },
});

export const mgmt05NoHosts = defineRule({
  id: 'MGMT-05',
  key: 'ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED',
  status: 400,
  sentence: 'The management network can only change in a cluster without hosts; {cluster} has {count}.',
  *find({ cluster, wanted, stored, hostCount }: AssignmentChange) {
    if (!wanted.roles.management || stored?.roles.management || hostCount === 0) return;
    yield { path: 'usages', values: { cluster: cluster.name, count: hostCount } };
  },
});

export const mgmt06Kept = defineRule({
  id: 'MGMT-06',
  key: 'ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_UNSET',
  status: 400,
  sentence: 'Cluster {cluster} must keep a management network; give the role to another network instead.',
  *find({ cluster, wanted, stored }: AssignmentChange) {
    if (!stored?.roles.management || wanted.roles.management) return;
    yield { path: 'usages', values: { cluster: cluster.name } };
  },
});
