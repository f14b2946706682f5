/** What stands against changing how many virtual functions a nic has, and which networks may use them. */
import type { HostAfter } from '../../complete/completed.ts';
import type { Nic } from '../../entities.ts';
import type { HostState } from '../../host-state.ts';
import { functionsOf, usedFunctions } from '../../state/virtual-functions.ts';
import type { Violation } from '../../violation.ts';
import { isLabel } from '../label/lbl-01-format.ts';
import { checkAll, defineRule, group } from '../rule.ts';
import { list } from '../subjects.ts';

/** A nic whose virtual functions somebody wants to change. */
interface OfNic {
  nic: Nic;
  /** As reported; null when the nic is no physical function. */
  sriov: { total: number; current: number } | null;
}

/** @param after the host as it shall be, when that is known */
export function aboutNic(state: HostState, nic: Nic, after: HostAfter | null = null) {
  return { nic, sriov: functionsOf(state, nic), busy: usedFunctions(state, nic, after) };
}

export interface VfCountChange extends OfNic {
  /** Null keeps it. */
  count: number | null;
  /** Null keeps it. */
  allNetworksAllowed: boolean | null;
  /** Virtual functions that something uses, each with what. */
  busy: readonly string[];
}

/** A network or label that is put on the list of a nic or taken off it. */
export interface VfAllowanceChange extends OfNic {
  kind: 'network' | 'label';
  /** As the client names it. */
  ref: string;
  /** Id of the network, or the label; null when there is no such network. */
  id: string | null;
  add: boolean;
}

const notAFunction = {
  id: 'VF-02',
  key: 'ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED',
  sentence: '{nic} is not an SR-IOV physical function.',
} as const;

const vf02CountOfFunction = defineRule({
  ...notAFunction,
  status: 405,
  *find({ nic, sriov }: VfCountChange) {
    if (!sriov) yield { path: null, values: { nic: nic.name } };
  },
});

export const vf02OfFunction = defineRule({
  ...notAFunction,
  status: 400,
  *find({ nic, sriov }: OfNic) {
    if (!sriov) yield { path: null, values: { nic: nic.name } };
  },
});

const vf08SaysSomething = defineRule({
  id: 'VF-08',
  key: 'OHN_VF_08',
  status: 400,
  sentence: 'virtual_functions_configuration [number_of_virtual_functions|all_networks_allowed] required for {nic}.',
  *find({ nic, count, allNetworksAllowed }: VfCountChange) {
    if (count !== null || allNetworksAllowed !== null) return;
    yield { path: 'virtual_functions_configuration', values: { nic: nic.name } };
  },
});

export const vf03NoneInUse = defineRule({
  id: 'VF-03',
  key: 'ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED',
  status: 400,
  sentence: 'The number of virtual functions of {nic} cannot change: in use are {vfs}.',
  *find({ nic, sriov, count, busy }: VfCountChange) {
    if (!sriov || count === null || count === sriov.current || busy.length === 0) return;
    yield { path: 'number_of_virtual_functions', values: { nic: nic.name, vfs: list(busy) } };
  },
});

export const vf04InRange = defineRule({
  id: 'VF-04',
  key: 'ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE',
  status: 400,
  sentence: '{nic}: number of VFs must be 0 to {max}, got {value}.',
  *find({ nic, sriov, count: value }: VfCountChange) {
    if (!sriov || value === null || (value >= 0 && value <= sriov.total)) return;
    yield { path: 'number_of_virtual_functions', values: { nic: nic.name, max: sriov.total, value } };
  },
});

/** The same of a list of ours as of a label on a nic or a network. */
const lbl01Format = defineRule({
  id: 'LBL-01',
  key: 'NETWORK_LABEL_FORMAT_INVALID',
  status: 400,
  sentence: 'Label {label} may only contain letters, digits, dash and underscore.',
  *find({ kind, id: label, add }: VfAllowanceChange) {
    if (kind === 'label' && add && label !== null && !isLabel(label)) yield { path: 'id', values: { label } };
  },
});

const vf05ListInUse = defineRule({
  id: 'VF-05',
  key: 'ACTION_TYPE_FAILED_CANNOT_SET_SPECIFIC_NETWORKS',
  status: 409,
  sentence: '{nic} allows all networks; switch that off first.',
  *find({ nic, sriov }: VfAllowanceChange) {
    if (sriov && (nic.vfs?.allNetworksAllowed ?? true)) yield { path: null, values: { nic: nic.name } };
  },
});

const vf06NetworkKnown = defineRule({
  id: 'VF-06',
  key: 'ACTION_TYPE_FAILED_NETWORK_NOT_EXIST',
  status: 400,
  sentence: 'Network {network} is not known.',
  *find({ kind, ref, id }: VfAllowanceChange) {
    if (kind === 'network' && id === null) yield { path: 'network', values: { network: ref } };
  },
});

/** The four ways in which a list already says what is asked, or does not say what is to go. */
const vf07 = (kind: 'network' | 'label', add: boolean) => {
  const upper = kind.toUpperCase();
  return defineRule({
    id: 'VF-07',
    key: `ACTION_TYPE_FAILED_${upper}_${add ? 'ALREADY' : 'NOT'}_IN_VFS_CONFIG`,
    status: 409,
    sentence: add ? '{thing} is already in the list of {nic}.' : '{thing} is not in the list of {nic}.',
    *find(change: VfAllowanceChange) {
      const { nic, id, ref: thing } = change;
      if (change.kind !== kind || change.add !== add || id === null) return;
      const allowed = kind === 'network' ? nic.vfs?.networkIds : nic.vfs?.labels;
      if (add === (allowed ?? []).includes(id)) yield { path: kind, values: { thing, nic: nic.name } };
    },
  });
};

export const vfCountRules = [
  group<VfCountChange, VfCountChange>({
    title: 'Virtual functions',
    subjects: (change) => [change],
    rules: [vf02CountOfFunction, vf08SaysSomething, vf03NoneInUse, vf04InRange],
  }),
];

export const vfAllowanceRules = [
  group<VfAllowanceChange, VfAllowanceChange>({
    title: 'Networks and labels that virtual functions may use',
    subjects: (change) => [change],
    rules: [
      ...[lbl01Format, vf02OfFunction, vf05ListInUse, vf06NetworkKnown],
      ...[vf07('network', true), vf07('network', false), vf07('label', true), vf07('label', false)],
    ],
  }),
];

/** Judges a change of the number of virtual functions, and of whether all networks may use them. */
export function validateVfCount(change: VfCountChange): Violation[] {
  return checkAll(vfCountRules, change);
}

/** Judges a network or label on the list of a physical function. */
export function validateVfAllowance(change: VfAllowanceChange): Violation[] {
  return checkAll(vfAllowanceRules, change);
}
