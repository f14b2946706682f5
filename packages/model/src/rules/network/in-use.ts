/** Networks that VMs and templates use; who uses what is told by the workload provider. */
import { type NetworkUse, spokenUses } from '../../workload.ts';
import { defineRule } from '../rule.ts';
import type { NetworkChange } from './network-change.ts';

const sentence = '{network} is used by {users}; it must stay a VM network.';

export const net14UsedByOne = defineRule({
  id: 'NET-14',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE',
  status: 409,
  sentence,
  *find(change: NetworkChange) {
    const uses = usesOfUnbridged(change);
    if (uses.length === 1) yield { path: 'usages', values: { network: change.wanted.name, users: spokenUses(uses) } };
  },
});

export const net14UsedByMany = defineRule({
  id: 'NET-14',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES',
  status: 409,
  sentence,
  *find(change: NetworkChange) {
    const uses = usesOfUnbridged(change);
    if (uses.length > 1) yield { path: 'usages', values: { network: change.wanted.name, users: spokenUses(uses) } };
  },
});

function usesOfUnbridged({ wanted, stored, uses = [] }: NetworkChange): NetworkUse[] {
  if (!stored?.vm || wanted.vm) return [];
  return uses.filter(({ networkId, kind }) => networkId === stored.id && (kind === 'vm' || kind === 'template'));
}
