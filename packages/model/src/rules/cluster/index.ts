import type { Violation } from '../../violation.ts';
import { checkAll, group } from '../rule.ts';
import {
  cln01NotYetAssigned,
  cln03SameDataCentre,
  cln04Assigned,
  cln05RoleHasAddress,
  cln08IsolationNeedsVersion,
  cln09IsolationNeedsBridge,
  cln11NotManagement,
} from './assignment.ts';
import type { AssignmentChange, Detachment } from './assignment-change.ts';
import { cln06ExternalNotDisplay, cln07ExternalNotRequired, mgmt04NotExternal, rt02NotExternal } from './external.ts';
import { cln10CarriesNoBricks, cln11UsedByMany, cln11UsedByOne } from './in-use.ts';
import { mgmt03Required, mgmt05NoHosts, mgmt06Kept } from './management.ts';

/** In oVirt's order (rules §3.11). */
export const assignmentRules = [
  group<AssignmentChange, AssignmentChange>({
    title: 'Networks of a cluster',
    subjects: (change) => [change],
    rules: [
      ...[cln01NotYetAssigned, cln04Assigned, cln03SameDataCentre, mgmt06Kept, cln10CarriesNoBricks],
      ...[mgmt03Required, mgmt04NotExternal, rt02NotExternal, mgmt05NoHosts, cln05RoleHasAddress],
      ...[cln06ExternalNotDisplay, cln07ExternalNotRequired, cln08IsolationNeedsVersion, cln09IsolationNeedsBridge],
    ],
  }),
];

export const detachmentRules = [
  group<Detachment, Detachment>({
    title: 'Taking a network from a cluster',
    subjects: (detachment) => [detachment],
    rules: [cln11NotManagement, cln11UsedByOne, cln11UsedByMany],
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
