/** What VMs, templates and bricks of a cluster keep; who uses what is told by the workload provider. */
import { type NetworkUse, spokenUses } from '../../workload.ts';
import { defineRule } from '../rule.ts';
import type { AssignmentChange, Detachment } from './assignment-change.ts';

export const cln10CarriesNoBricks = defineRule({
  id: 'CLN-10',
  key: 'ACTION_TYPE_FAILED_GLUSTER_NETWORK_INUSE',
  status: 400,
  sentence: '{network} carries storage {bricks}; move them before taking its gluster role.',
  *find({ cluster, network, wanted, stored, uses = [] }: AssignmentChange) {
    if (!stored?.roles.gluster || wanted.roles.gluster) return;
    const bricks = usesHere(uses, network.id, cluster.id).filter((use) => use.kind === 'brick');
    if (bricks.length > 0) yield { path: 'usages', values: { network: network.name, bricks: spokenUses(bricks) } };
  },
});

const sentence = '{network} cannot leave cluster {cluster}: it is used by {users}.';

export const cln11UsedByOne = defineRule({
  id: 'CLN-11',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE',
  status: 409,
  sentence,
  *find({ cluster, network, uses = [] }: Detachment) {
    const users = usesHere(uses, network.id, cluster.id);
    if (users.length !== 1) return;
    yield { path: null, values: { network: network.name, cluster: cluster.name, users: spokenUses(users) } };
  },
});

export const cln11UsedByMany = defineRule({
  id: 'CLN-11',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES',
  status: 409,
  sentence,
  *find({ cluster, network, uses = [] }: Detachment) {
    const users = usesHere(uses, network.id, cluster.id);
    if (users.length < 2) return;
    yield { path: null, values: { network: network.name, cluster: cluster.name, users: spokenUses(users) } };
  },
});

function usesHere(uses: readonly NetworkUse[], networkId: string, clusterId: string): NetworkUse[] {
  return uses.filter((use) => use.networkId === networkId && use.clusterId === clusterId && use.kind !== 'iscsi_bond');
}
