/** Rules of a cluster's networks (rules §3.11, §3.6), in the order in which oVirt checks. */
import type { Cluster, ClusterNetwork, Network } from '../../entities.ts';
import type { Violation } from '../../violation.ts';
import { checkAll, defineRule, group } from '../rule.ts';

export interface AssignmentSubject {
  cluster: Cluster;
  network: Network;
  wanted: ClusterNetwork;
  stored: ClusterNetwork | null;
  /** Whether the client adds the network or changes how it is used. */
  isNew: boolean;
  /** Hosts of the cluster. */
  hostCount: number;
}

const found = ({ cluster, network }: Pick<AssignmentSubject, 'cluster' | 'network'>) => [
  { path: null, values: { network: network.name, cluster: cluster.name } },
];

export const cln01NotYetAssigned = defineRule({
  id: 'CLN-01',
  key: 'NETWORK_ALREADY_ATTACHED_TO_CLUSTER',
  status: 409,
  sentence: '{network} is already in cluster {cluster}; change it there.',
  find: (subject: AssignmentSubject) => (subject.isNew && subject.stored !== null ? found(subject) : []),
});

export const cln04Assigned = defineRule({
  id: 'CLN-04',
  key: 'NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER',
  status: 409,
  sentence: '{network} is not in cluster {cluster}; add it first.',
  find: (subject: AssignmentSubject) => (!subject.isNew && subject.stored === null ? found(subject) : []),
});

export const cln03SameDataCentre = defineRule({
  id: 'CLN-03',
  key: 'ACTION_TYPE_FAILED_NETWORK_FROM_DIFFERENT_DC',
  status: 400,
  sentence: '{network} belongs to another data centre than {cluster}; choose one of its own.',
  find: (subject: AssignmentSubject) =>
    subject.network.dataCentreId === subject.cluster.dataCentreId ? [] : found(subject),
});

export const mgmt06RoleStays = defineRule({
  id: 'MGMT-06',
  key: 'ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_UNSET',
  status: 400,
  sentence:
    'Cluster {cluster} must keep a management network; give the role to another network instead of taking it from {network}.',
  find: (subject: AssignmentSubject) =>
    subject.stored?.roles.management === true && !subject.wanted.roles.management ? found(subject) : [],
});

export const mgmt03Required = defineRule({
  id: 'MGMT-03',
  key: 'ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED',
  status: 400,
  sentence: 'Management network {network} must be required in cluster {cluster}.',
  find: (subject: AssignmentSubject) =>
    subject.wanted.roles.management && !subject.wanted.required ? found(subject) : [],
});

export const mgmt05OnlyWithoutHosts = defineRule({
  id: 'MGMT-05',
  key: 'ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED',
  status: 400,
  sentence: 'The management network of {cluster} can only change to {network} while the cluster has no hosts.',
  find: (subject: AssignmentSubject) =>
    subject.wanted.roles.management && subject.stored?.roles.management !== true && subject.hostCount > 0
      ? found(subject)
      : [],
});

export const cln09IsolationNeedsBridge = defineRule({
  id: 'CLN-09',
  key: 'ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE',
  status: 400,
  sentence: '{network}: port isolation needs the Linux bridge switch, which cluster {cluster} does not use.',
  find: (subject: AssignmentSubject) =>
    subject.network.portIsolation && subject.cluster.switchType !== 'legacy' ? found(subject) : [],
});

export interface DetachSubject {
  cluster: Cluster;
  network: Network;
  assignment: ClusterNetwork;
}

export const cln11NotManagement = defineRule({
  id: 'CLN-11',
  key: 'NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK',
  status: 400,
  sentence: '{network} cannot leave cluster {cluster}: it is its management network.',
  find: (subject: DetachSubject) => (subject.assignment.roles.management ? found(subject) : []),
});

export const assignmentGroups = [
  group({
    title: "A cluster's networks",
    subjects: (subject: AssignmentSubject) => [subject],
    rules: [
      cln01NotYetAssigned,
      cln04Assigned,
      cln03SameDataCentre,
      mgmt06RoleStays,
      mgmt03Required,
      mgmt05OnlyWithoutHosts,
      cln09IsolationNeedsBridge,
    ],
  }),
];

export const detachGroups = [
  group({
    title: 'Taking networks from clusters',
    subjects: (subject: DetachSubject) => [subject],
    rules: [cln11NotManagement],
  }),
];

/** All that speaks against giving a network to a cluster, or using it otherwise there. */
export function validateAssignment(subject: AssignmentSubject): Violation[] {
  return checkAll(assignmentGroups, subject);
}

/** All that speaks against taking a network from a cluster. */
export function validateDetach(subject: DetachSubject): Violation[] {
  return checkAll(detachGroups, subject);
}
