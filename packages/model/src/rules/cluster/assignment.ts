import { isAtLeast } from '../../network/cluster-version.ts';
import { addressedRoles } from '../../network/roles.ts';
import { defineRule } from '../rule.ts';
import { list } from '../subjects.ts';
import type { AssignmentChange, Detachment } from './assignment-change.ts';

export const cln01NotYetAssigned = defineRule({
  id: 'CLN-01',
  key: 'NETWORK_ALREADY_ATTACHED_TO_CLUSTER',
  status: 409,
  sentence: '{network} is already in cluster {cluster}; change it there.',
  *find({ isNew, stored, network, cluster }: AssignmentChange) {
    if (isNew && stored) yield { path: null, values: { network: network.name, cluster: cluster.name } };
  },
});

export const cln03SameDataCentre = defineRule({
  id: 'CLN-03',
  key: 'ACTION_TYPE_FAILED_NETWORK_FROM_DIFFERENT_DC',
  status: 400,
  sentence: '{network} belongs to another data centre than cluster {cluster}.',
  *find({ network, cluster }: AssignmentChange) {
    if (network.dataCentreId === cluster.dataCentreId) return;
    yield { path: 'network', values: { network: network.name, cluster: cluster.name } };
  },
});

export const cln04Assigned = defineRule({
  id: 'CLN-04',
  key: 'NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER',
  status: 409,
  sentence: '{network} is not in cluster {cluster}; add it first.',
  *find({ isNew, stored, network, cluster }: AssignmentChange) {
    if (!isNew && !stored) yield { path: null, values: { network: network.name, cluster: cluster.name } };
  },
});

export const cln05RoleHasAddress = defineRule({
  id: 'CLN-05',
  key: 'NETWORK_ADDR_MANDATORY_FOR_ROLE_NETWORK',
  status: 400,
  sentence: '{network} has no address on {nics}, which its role needs; give it one there first.',
  *find({ network, wanted, stored, unaddressed = [] }: AssignmentChange) {
    const before = stored ? addressedRoles(stored.roles) : [];
    const gained = addressedRoles(wanted.roles).filter((role) => !before.includes(role));
    if (gained.length === 0 || unaddressed.length === 0) return;
    const nics = list(unaddressed.map(({ host, nic }) => `${nic} of ${host}`));
    yield { path: 'usages', values: { network: network.name, nics } };
  },
});

/** The first version that keeps VMs of one bridge apart. */
const portIsolation = { major: 4, minor: 5 };

export const cln08IsolationNeedsVersion = defineRule({
  id: 'CLN-08',
  key: 'ACTION_TYPE_FAILED_PORT_ISOLATION_UNSUPPORTED_CLUSTER_LEVEL',
  status: 400,
  sentence: 'Cluster {cluster} has version {version}, which is too old for port isolation of {network}.',
  *find({ network, cluster: { name: cluster, version } }: AssignmentChange) {
    if (!network.portIsolation || isAtLeast(version, portIsolation)) return;
    const text = `${version.major}.${version.minor}`;
    yield { path: null, values: { network: network.name, cluster, version: text } };
  },
});

export const cln09IsolationNeedsBridge = defineRule({
  id: 'CLN-09',
  key: 'ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE',
  status: 400,
  sentence: '{network}: port isolation needs the Linux bridge switch, and cluster {cluster} uses {switch}.',
  *find({ network, cluster }: AssignmentChange) {
    if (!network.portIsolation || cluster.switchType === 'legacy') return;
    yield { path: null, values: { network: network.name, cluster: cluster.name, switch: cluster.switchType } };
  },
});

export const cln11NotManagement = defineRule({
  id: 'CLN-11',
  key: 'NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK',
  status: 400,
  sentence: '{network} cannot leave cluster {cluster}: it is its management network.',
  *find({ network, cluster, assignment }: Detachment) {
    if (assignment.roles.management) yield { path: null, values: { network: network.name, cluster: cluster.name } };
  },
});
