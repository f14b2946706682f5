/** What stands against a change of a host itself, and against moving it to another cluster. */
import type { Cluster, Host, Network } from '../../entities.ts';
import type { Violation } from '../../violation.ts';
import { checkAll, defineRule, group } from '../rule.ts';
import { type HostChange, host05Name, host06Address } from './fields.ts';

export interface HostMove {
  host: Host;
  from: Cluster;
  to: Cluster;
  /** The management network of each cluster. */
  management: { from: Pick<Network, 'name'> | null; to: Pick<Network, 'name'> | null };
}

const mgmt07SameManagement = defineRule({
  id: 'MGMT-07',
  key: 'ACTION_TYPE_FAILED_HOST_CLUSTER_DIFFERENT_MANAGEMENT_NETWORKS',
  status: 409,
  sentence: 'Clusters {from} and {to} have different management networks ({old} and {new}); {host} cannot move.',
  *find({ host, from, to, management }: HostMove) {
    const [old, now] = [management.from?.name ?? 'none', management.to?.name ?? 'none'];
    if (old !== now) {
      yield { path: 'cluster', values: { from: from.name, to: to.name, old, new: now, host: host.name } };
    }
  },
});

const host04InMaintenance = defineRule({
  id: 'HOST-04',
  key: 'ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL',
  status: 409,
  sentence: 'Host {host} is {status}; put it into maintenance before it moves to cluster {to}.',
  *find({ host, to }: HostMove) {
    if (host.status === 'maintenance') return;
    yield { path: 'cluster', values: { host: host.name, status: host.status, to: to.name } };
  },
});

export const hostRules = [
  group<HostChange, HostChange>({
    title: 'Hosts themselves',
    subjects: (change) => [change],
    rules: [host05Name, host06Address],
  }),
];

export const hostMoveRules = [
  group<HostMove, HostMove>({
    title: 'Moving a host to another cluster',
    subjects: (move) => [move],
    rules: [host04InMaintenance, mgmt07SameManagement],
  }),
];

/** Judges a host that is added or changed; empty when nothing stands in the way. */
export function validateHost(change: HostChange): Violation[] {
  return checkAll(hostRules, change);
}

/** Judges the move of a host; empty when nothing stands in the way. */
export function validateHostMove(move: HostMove): Violation[] {
  return checkAll(hostMoveRules, move);
}
