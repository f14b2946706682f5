import type { Violation } from '../../violation.ts';
import { checkAll, group } from '../rule.ts';
import {
  cln01NotYetAssigned,
  cln03SameDataCentre,
  cln04Assigned,
  cln05RoleHasAddress,
  cln09IsolationNeedsBridge,
  cln11NotManagement,
} from './assignment.ts';
import type { AssignmentChange, Detachment } from './assignment-change.ts';
import { mgmt03Required, mgmt05NoHosts, mgmt06Kept } from './management.ts';

/** In oVirt's order (rules §3.11). */
export const assignmentRules = [
  group<AssignmentChange, AssignmentChange>({
    title: 'Networks of a cluster',
    subjects: (change) => [change],
    rules: [
      ...[cln01NotYetAssigned, cln04Assigned, cln03SameDataCentre, mgmt06Kept],
      ...[mgmt03Required, mgmt05NoHosts, cln05RoleHasAddress, cln09IsolationNeedsBridge],
    ],
  }),
];

export const detachmentRules = [
  group<Detachment, Detachment>({
    title: 'Taking a network from a cluster',
    subjects: (detachment) => [detachment],
    rules: [cln11NotManagement],
  }),
];

/** Judges an assignment that is made or changed; empty when nothing stands in the way. */
export function validateAssignment(change: AssignmentChange): Violation[] {
  return checkAll(assignmentRules, change);
}

/** Judges taking a network from a cluster. */
export function validateDetach(detachment: Detachment): Violation[] {
  return checkAll(detachmentRules, detachment);
}
