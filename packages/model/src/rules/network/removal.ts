import { defineRule } from '../rule.ts';
import type { NetworkRemoval } from './network-change.ts';

/** Being attached to hosts does not stand in the way: there it becomes an unmanaged network. */
export const net16NotManagement = defineRule({
  id: 'NET-16',
  key: 'NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK',
  status: 400,
  sentence:
    '{network} cannot be deleted: it is the management network of a cluster; give that role to another network first.',
  *find({ network, assignments }: NetworkRemoval) {
    if (assignments.some((one) => one.roles.management)) yield { path: null, values: { network: network.name } };
  },
});
