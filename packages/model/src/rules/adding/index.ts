/**
 * What adding one thing by its own address, or taking a label off by its own, refuses before the change set is looked at:
 * there, naming something that exists means changing it; here, it is a mistake.
 */
import type { AttachmentChange, BondChange, LabelChange } from '../../change-set.ts';
import { completeNetworkRef, completeNicRef, nicOf } from '../../complete/references.ts';
import type { HostState } from '../../host-state.ts';
import { lookup } from '../../state/lookup.ts';
import type { Violation } from '../../violation.ts';
import { defineRule, type Rule } from '../rule.ts';

interface Adding<T> {
  state: HostState;
  change: T;
}

const att16NoId = defineRule({
  id: 'ATT-16',
  key: 'NETWORK_ATTACHMENT_CANNOT_BE_CREATED_WITH_SPECIFIC_ID',
  status: 400,
  sentence: 'Do not send an id ({id}) when creating an attachment.',
  *find({ change: { id, path } }: Adding<AttachmentChange>) {
    if (id !== null) yield { path, values: { id } };
  },
});

const att09NotYetAttached = defineRule({
  id: 'ATT-09',
  key: 'ATTACHMENT_IS_NOT_REUSED',
  status: 400,
  sentence: 'Network {network} is already on host {host} as attachment {id}; change that one.',
  *find({ state, change: { id, network, path } }: Adding<AttachmentChange>) {
    const known = lookup(state);
    const ref = completeNetworkRef(network, known);
    const present = known.attachmentByNetworkId.get(ref.id ?? '');
    if (id !== null || !present) return;
    yield { path, values: { network: ref.name ?? present.networkId, host: state.host.name, id: present.id } };
  },
});

const s06BondIsNew = defineRule({
  id: 'S-06',
  key: 'OHN_S_06',
  status: 409,
  sentence: 'Host {host} already has a nic named {name}; change that one.',
  *find({ state, change: { name, path } }: Adding<BondChange>) {
    if (lookup(state).nicByName.has(name ?? '')) yield { path, values: { host: state.host.name, name: name ?? '' } };
  },
});

const lbl16NotYetThere = defineRule({
  id: 'LBL-16',
  key: 'INTERFACE_ALREADY_LABELED',
  status: 409,
  sentence: '{nic} already has label {label}.',
  *find({ state, change: { label, nic, path } }: Adding<LabelChange>) {
    const known = lookup(state);
    const target = nicOf(completeNicRef(nic, known), known);
    if (target?.labels.includes(label)) yield { path, values: { nic: target.name, label } };
  },
});

const lbl17NotElsewhere = defineRule({
  id: 'LBL-17',
  key: 'OTHER_INTERFACE_ALREADY_LABELED',
  status: 409,
  sentence: 'Label {label} is already on {other}; take it off there first, or move it by setupnetworks.',
  *find({ state, change: { label, nic, path } }: Adding<LabelChange>) {
    const known = lookup(state);
    const target = nicOf(completeNicRef(nic, known), known);
    const other = known.nicOfLabel.get(label);
    if (target && other && other.id !== target.id) yield { path, values: { label, other: other.name } };
  },
});

const lbl18IsThere = defineRule({
  id: 'LBL-18',
  key: 'INTERFACE_NOT_LABELED',
  status: 409,
  sentence: '{nic} has no label {label}.',
  *find({ state, change: { label, nic, path } }: Adding<LabelChange>) {
    const known = lookup(state);
    const target = nicOf(completeNicRef(nic, known), known);
    if (target && !target.labels.includes(label)) yield { path, values: { nic: target.name, label } };
  },
});

const attachmentRules = [att16NoId, att09NotYetAttached];
const bondRules = [s06BondIsNew];
const labelRules = [lbl16NotYetThere, lbl17NotElsewhere];
const labelRemovalRules = [lbl18IsThere];

/** Rows for documents. */
export const addingRules = [...attachmentRules, ...bondRules, ...labelRules, ...labelRemovalRules];

const refusals =
  <T>(rules: readonly Rule<Adding<T>>[]) =>
  (state: HostState, change: T): Violation[] =>
    rules.flatMap((rule) => rule.check({ state, change }));

/** What stands against creating this attachment, beside what `validate` says of the change set. */
export const validateNewAttachment = refusals<AttachmentChange>(attachmentRules);
/** What stands against creating this bond by its own address. */
export const validateNewBond = refusals<BondChange>(bondRules);
/** What stands against putting this label on a nic by its own address. */
export const validateNewLabel = refusals<LabelChange>(labelRules);
/** What stands against taking this label off a nic by its own address. */
export const validateLabelRemoval = refusals<LabelChange>(labelRemovalRules);
