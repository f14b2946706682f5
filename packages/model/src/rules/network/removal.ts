/** Being attached to hosts does not stand in the way: there it becomes an unmanaged network. */
import { type NetworkUse, spokenUses } from '../../workload.ts';
import { defineRule } from '../rule.ts';
import { list } from '../subjects.ts';
import type { NetworkRemoval } from './network-change.ts';

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

const inUse = '{network} cannot be deleted: it is used by {users}.';

export const net16UsedByOne = defineRule({
  id: 'NET-16',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE',
  status: 409,
  sentence: inUse,
  *find(removal: NetworkRemoval) {
    const uses = users(removal, 'vm', 'template');
    if (uses.length === 1) yield { path: null, values: { network: removal.network.name, users: spokenUses(uses) } };
  },
});

export const net16UsedByMany = defineRule({
  id: 'NET-16',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES',
  status: 409,
  sentence: inUse,
  *find(removal: NetworkRemoval) {
    const uses = users(removal, 'vm', 'template');
    if (uses.length > 1) yield { path: null, values: { network: removal.network.name, users: spokenUses(uses) } };
  },
});

export const net16NotInIscsiBond = defineRule({
  id: 'NET-16',
  key: 'NETWORK_CANNOT_REMOVE_ISCSI_BOND_NETWORK',
  status: 400,
  sentence: '{network} cannot be deleted: it is part of {users}.',
  *find(removal: NetworkRemoval) {
    const uses = users(removal, 'iscsi_bond');
    if (uses.length > 0) yield { path: null, values: { network: removal.network.name, users: spokenUses(uses) } };
  },
});

export const net16CarriesNoExternal = defineRule({
  id: 'NET-16',
  key: 'ACTION_TYPE_FAILED_CANNOT_REMOVE_PHYSICAL_NETWORK_LINKED_TO_EXTERNAL_NETWORK',
  status: 409,
  sentence: '{network} cannot be deleted: it is the physical network below {externals}; delete those first.',
  *find({ network, networks }: NetworkRemoval) {
    const externals = networks.filter((one) => one.external?.physicalNetworkId === network.id);
    if (externals.length === 0) return;
    yield { path: null, values: { network: network.name, externals: list(externals.map((one) => one.name)) } };
  },
});

function users({ network, uses }: NetworkRemoval, ...kinds: NetworkUse['kind'][]): NetworkUse[] {
  return uses.filter((use) => use.networkId === network.id && kinds.includes(use.kind));
}
