import type { Violation } from '../../violation.ts';
import { checkAll, group } from '../rule.ts';
import {
  ext10IsVmNetwork,
  ext10NotYetHere,
  ext10PhysicalBringsTagAndLabel,
  ext10PhysicalKnown,
  ext10TagNeedsPhysicalName,
  ext11DetailsFixed,
  lbl31NotExternal,
  net10ExternalNotIsolated,
} from './external.ts';
import {
  dns01NetworkServers,
  dns02NetworkServers,
  lbl01NetworkLabel,
  net02Texts,
  net06VlanRange,
  net07MtuRange,
} from './fields.ts';
import { net14UsedByMany, net14UsedByOne } from './in-use.ts';
import { lbl30NotYetLabelled, lbl32LabelNotDeployed, type NetworkLabelling } from './labels.ts';
import {
  net03NotBond,
  net04NameFree,
  net05NameNotVdsmName,
  net12SameDataCentre,
  net15RenameUsedOften,
  net15RenameUsedOnce,
} from './names.ts';
import type { NetworkChange, NetworkRemoval } from './network-change.ts';
import { qos06Known, qos06SameDataCentre } from './qos.ts';
import {
  net16CarriesNoExternal,
  net16NotInIscsiBond,
  net16NotManagement,
  net16UsedByMany,
  net16UsedByOne,
} from './removal.ts';
import { net08StpNeedsVm, net09IsolationNeedsVm, net11IsolationFixed } from './vm-features.ts';

/** In oVirt's order (rules §3.10); an update is judged whole, where oVirt skips some. */
export const networkRules = [
  group<NetworkChange, NetworkChange>({
    title: 'Networks of a data centre',
    subjects: (change) => [change],
    rules: [
      ...[net02Texts, net06VlanRange, net07MtuRange, lbl01NetworkLabel, dns01NetworkServers, dns02NetworkServers],
      ...[net12SameDataCentre, net08StpNeedsVm, net09IsolationNeedsVm, net10ExternalNotIsolated, net11IsolationFixed],
      ...[net03NotBond, net04NameFree, net05NameNotVdsmName, net15RenameUsedOnce, net15RenameUsedOften],
      ...[qos06Known, qos06SameDataCentre],
      ...[net14UsedByOne, net14UsedByMany, lbl32LabelNotDeployed, ext11DetailsFixed],
      ...[ext10NotYetHere, ext10IsVmNetwork, ext10TagNeedsPhysicalName, ext10PhysicalKnown],
      ext10PhysicalBringsTagAndLabel,
    ],
  }),
];

export const networkLabelRules = [
  group<NetworkLabelling, NetworkLabelling>({
    title: 'Putting a label on a network',
    subjects: (labelling) => [labelling],
    rules: [lbl31NotExternal, lbl30NotYetLabelled],
  }),
];

export const networkRemovalRules = [
  group<NetworkRemoval, NetworkRemoval>({
    title: 'Deleting a network',
    subjects: (removal) => [removal],
    rules: [net16NotManagement, net16UsedByOne, net16UsedByMany, net16NotInIscsiBond, net16CarriesNoExternal],
  }),
];

/** Judges a network that is created or changed; empty when nothing stands in the way. */
export function validateNetwork(change: NetworkChange): Violation[] {
  return checkAll(networkRules, change);
}

/** Judges a label put on a network by its own address, beside what `validateNetwork` says of the network that has it. */
export function validateNetworkLabel(labelling: NetworkLabelling): Violation[] {
  return checkAll(networkLabelRules, labelling);
}

/** Judges the deletion of a network. */
export function validateNetworkRemoval(removal: NetworkRemoval): Violation[] {
  return checkAll(networkRemovalRules, removal);
}
