/** Every rule of a host change, in the order in which oVirt checks (rules §2.4); ours stand where they fit. */
import type { Completed } from '../complete/completed.ts';
import { att01NamesNetwork } from './attachment/att-01-names-network.ts';
import { att02Known } from './attachment/att-02-known.ts';
import { att03bNetworkName, att03NetworkId } from './attachment/att-03-network-in-cluster.ts';
import { att04NicCoherent } from './attachment/att-04-nic-coherent.ts';
import { att05NetworkCoherent } from './attachment/att-05-network-coherent.ts';
import { att06NotAlsoRemoved } from './attachment/att-06-not-also-removed.ts';
import { att07NotOnVlanDevice } from './attachment/att-07-not-on-vlan-device.ts';
import { att08NetworkAssigned } from './attachment/att-08-network-assigned.ts';
import { att09NetworkNotElsewhere } from './attachment/att-09-network-not-elsewhere.ts';
import { att10NetworkOnce } from './attachment/att-10-network-once.ts';
import { att11NetworkOnOneNic } from './attachment/att-11-network-on-one-nic.ts';
import { att13NamesNic } from './attachment/att-13-names-nic.ts';
import { att14NicExists } from './attachment/att-14-nic-exists.ts';
import { att15SameNetwork } from './attachment/att-15-same-network.ts';
import { att18NotOnSlave } from './attachment/att-18-not-on-slave.ts';
import { dns01AtMostThree } from './attachment/dns-01-at-most-three.ts';
import { dns02Addresses } from './attachment/dns-02-addresses.ts';
import { ext01NotAttached, ext01NotRemoved } from './attachment/ext-01-not-external.ts';
import { lbl20WhereItsLabelGoes } from './attachment/lbl-20-where-its-label-goes.ts';
import { lbl21StaysWithItsLabel } from './attachment/lbl-21-stays-with-its-label.ts';
import { prop01Properties } from './attachment/prop-01-properties.ts';
import { qos01HasShare } from './attachment/qos-01-has-share.ts';
import { qos02LimitAboveCommitment } from './attachment/qos-02-limit-above-commitment.ts';
import { qos04Ranges } from './attachment/qos-04-ranges.ts';
import { unm04NicManaged } from './attachment/unm-04-nic-managed.ts';
import { vf09AttachedNotHeld, vf09LabelledNotHeld, vf09SlaveNotHeld } from './attachment/vf-09-not-held.ts';
import { bond01Known } from './bond/bond-01-known.ts';
import { bond02Named } from './bond/bond-02-named.ts';
import { bond03Coherent } from './bond/bond-03-coherent.ts';
import { bond04bNameLength, bond04Name } from './bond/bond-04-name.ts';
import { bond05IsBond } from './bond/bond-05-is-bond.ts';
import { bond06SlaveCount } from './bond/bond-06-slave-count.ts';
import { bond07SlaveExists } from './bond/bond-07-slave-exists.ts';
import { bond08SlaveIsNic } from './bond/bond-08-slave-is-nic.ts';
import { bond09SlaveFree } from './bond/bond-09-slave-free.ts';
import { bond10SlaveGetsNoNetwork } from './bond/bond-10-slave-gets-no-network.ts';
import { bond11SlaveKeepsNoNetwork } from './bond/bond-11-slave-keeps-no-network.ts';
import { bond12SlaveManaged } from './bond/bond-12-slave-managed.ts';
import { bond13SlaveOfOneBond } from './bond/bond-13-slave-of-one-bond.ts';
import { bond14SlaveUnlabelled } from './bond/bond-14-slave-unlabelled.ts';
import { bond15RemovedKnown } from './bond/bond-15-removed-known.ts';
import { bond16NotAlsoRemoved } from './bond/bond-16-not-also-removed.ts';
import { bond17RemovedIsBond } from './bond/bond-17-removed-is-bond.ts';
import { bond18RemovedIsEmpty } from './bond/bond-18-removed-is-empty.ts';
import { bond19RemovedManaged } from './bond/bond-19-removed-managed.ts';
import { bond20ModeCarriesVms, bond21ModeCarriesLabelledVms } from './bond/bond-20-mode-carries-vms.ts';
import { bond22Options } from './bond/bond-22-options.ts';
import { ip02RoleNeedsAddress } from './ip/ip-02-role-needs-address.ts';
import { ip03MethodGiven } from './ip/ip-03-method-given.ts';
import { ip04StaticComplete } from './ip/ip-04-static-complete.ts';
import { ip05DetailsOnlyForStatic } from './ip/ip-05-details-only-for-static.ts';
import { ip06AutoconfOnEl8 } from './ip/ip-06-autoconf-on-el8.ts';
import { ip07Ipv6GatewayOnDefaultRoute } from './ip/ip-07-ipv6-gateway-on-default-route.ts';
import { ip08Ipv4Address, ip08Ipv4Gateway } from './ip/ip-08-ipv4-format.ts';
import { ip09Ipv4MaskContiguous, ip09Ipv4MaskFormat } from './ip/ip-09-ipv4-mask.ts';
import { ip10Ipv6Addresses, ip10Ipv6Prefix } from './ip/ip-10-ipv6-format.ts';
import { ip11OnePerFamily } from './ip/ip-11-one-per-family.ts';
import { ip13AddressFree } from './ip/ip-13-address-free.ts';
import { ip14AddressFit } from './ip/ip-14-address-fit.ts';
import { ip15ManagerReachable } from './ip/ip-15-manager-reachable.ts';
import { req05Ipv6PrefixIsNumber } from './ip/req-05-ipv6-prefix-is-number.ts';
import { lbl01Format, lbl02Given, lbl03NamesNic } from './label/lbl-01-format.ts';
import { lbl10NicCoherent } from './label/lbl-10-nic-coherent.ts';
import { lbl11NicExists } from './label/lbl-11-nic-exists.ts';
import { lbl12NicProper } from './label/lbl-12-nic-proper.ts';
import { lbl13BondComplete } from './label/lbl-13-bond-complete.ts';
import { lbl14RemovedKnown } from './label/lbl-14-removed-known.ts';
import { lbl15LabelOnce } from './label/lbl-15-label-once.ts';
import { unm03NicManaged } from './label/unm-03-nic-managed.ts';
import { excl01OneUntagged } from './nic/excl-01-one-untagged.ts';
import { mtu01SharedWithUntagged } from './nic/mtu-01-shared-with-untagged.ts';
import { qos03AllOrNone } from './nic/qos-03-all-or-none.ts';
import { qos05CommittedFitsSpeed } from './nic/qos-05-committed-fits-speed.ts';
import { vlan01TagOnce } from './nic/vlan-01-tag-once.ts';
import { vlan02DeviceNameLength } from './nic/vlan-02-device-name-length.ts';
import { att12Known } from './removal/att-12-known.ts';
import { ext02CarriesNothingInUse } from './removal/ext-02-carries-nothing-in-use.ts';
import { lbl22LeavesWithItsLabel } from './removal/lbl-22-leaves-with-its-label.ts';
import { mgmt01KeepsManagement } from './removal/mgmt-01-keeps-management.ts';
import { vm01NotInUse } from './removal/vm-01-not-in-use.ts';
import { host02Status } from './request/host-02-status.ts';
import { req01ConnectivityTimeout } from './request/req-01-connectivity-timeout.ts';
import { req07ListedOnce } from './request/req-07-listed-once.ts';
import { type AnyGroup, group, type Rule } from './rule.ts';
import type {
  AttachmentSubject,
  BondSubject,
  LabelSubject,
  NicSubject,
  RemovalSubject,
  RemovedBondSubject,
  RemovedLabelSubject,
  UnmanagedSubject,
  VfsSubject,
} from './subjects.ts';
import { sync01InSync } from './sync/sync-01-in-sync.ts';
import { sync02Known, sync02Named } from './sync/sync-02-known.ts';
import { unm01NotManaged } from './unmanaged/unm-01-not-managed.ts';
import { unm02Known } from './unmanaged/unm-02-known.ts';
import { aboutNic, type VfCountChange, vf02OfFunction, vf03NoneInUse, vf04InRange } from './vf/index.ts';
import { vf10NotTheWayIn } from './vf/vf-10-not-the-way-in.ts';

const eachOf =
  <S>(subjects: (completed: Completed) => Iterable<S>) =>
  (title: string, ...rules: Rule<S>[]): AnyGroup<Completed> =>
    group({ title, subjects, rules });

const theRequest = eachOf<Completed>((completed) => [completed]);
const eachAttachment = eachOf<AttachmentSubject>((completed) =>
  completed.attachments.map((attachment) => ({ completed, attachment })),
);
const eachAttachmentAfter = eachOf<AttachmentSubject>((completed) =>
  completed.after.attachments.map((attachment) => ({ completed, attachment })),
);
const eachRemoval = eachOf<RemovalSubject>((completed) =>
  completed.removedAttachments.map((removal) => ({ completed, removal })),
);
const eachBond = eachOf<BondSubject>((completed) => completed.bonds.map((bond) => ({ completed, bond })));
const eachRemovedBond = eachOf<RemovedBondSubject>((completed) =>
  completed.removedBonds.map((removal) => ({ completed, removal })),
);
const eachLabel = eachOf<LabelSubject>((completed) => completed.labels.map((label) => ({ completed, label })));
const eachRemovedLabel = eachOf<RemovedLabelSubject>((completed) =>
  completed.removedLabels.map((removal) => ({ completed, removal })),
);
const eachNicAfter = eachOf<NicSubject>((completed) =>
  [...completed.after.attachmentsOn].map(([nic, attachments]) => ({ completed, nic, attachments })),
);
const eachRemovedUnmanaged = eachOf<UnmanagedSubject>((completed) =>
  completed.request.removedUnmanaged.map((network) => ({ completed, network })),
);

const eachVfs = eachOf<VfsSubject>((completed) => completed.virtualFunctions.map((wanted) => ({ completed, wanted })));
const eachVfCount = eachOf<VfCountChange>(({ state, after, virtualFunctions }) =>
  virtualFunctions.flatMap(({ nic, count }) =>
    nic === null ? [] : [{ ...aboutNic(state, nic, after), count, allNetworksAllowed: null }],
  ),
);

export const hostChangeRules: readonly AnyGroup<Completed>[] = [
  theRequest('Request', sync02Known, sync02Named, req01ConnectivityTimeout),
  theRequest('Request', lbl01Format, lbl02Given, lbl03NamesNic, host02Status, req07ListedOnce),
  eachAttachment(
    'Fields of each attachment',
    ...[ip11OnePerFamily, att01NamesNetwork, req05Ipv6PrefixIsNumber, ip08Ipv4Address, ip08Ipv4Gateway],
    ...[ip09Ipv4MaskFormat, ip09Ipv4MaskContiguous, ip10Ipv6Addresses, ip10Ipv6Prefix],
    ...[dns01AtMostThree, dns02Addresses, qos04Ranges],
  ),
  eachLabel('Labels', lbl10NicCoherent, lbl11NicExists, lbl12NicProper, lbl13BondComplete, vf09LabelledNotHeld),
  eachRemovedLabel('Removed labels', lbl14RemovedKnown),
  theRequest('Labels together', lbl15LabelOnce),
  eachAttachment(
    'Attachments',
    ...[att02Known, att03NetworkId, att03bNetworkName, att04NicCoherent, att05NetworkCoherent, att06NotAlsoRemoved],
    ...[att07NotOnVlanDevice, att09NetworkNotElsewhere, lbl20WhereItsLabelGoes, ext01NotAttached, att08NetworkAssigned],
    ...[ip02RoleNeedsAddress, att13NamesNic, att14NicExists, att15SameNetwork],
    ...[
      ip03MethodGiven,
      ip04StaticComplete,
      ip05DetailsOnlyForStatic,
      ip06AutoconfOnEl8,
      ip07Ipv6GatewayOnDefaultRoute,
    ],
    ...[lbl21StaysWithItsLabel, att18NotOnSlave, ip14AddressFit, ip15ManagerReachable, vf09AttachedNotHeld],
  ),
  theRequest('Removed attachments together', att12Known),
  eachRemoval(
    'Removed attachments',
    ...[ext01NotRemoved, mgmt01KeepsManagement, lbl22LeavesWithItsLabel, vm01NotInUse, ext02CarriesNothingInUse],
  ),
  eachBond(
    'Bonds',
    ...[bond01Known, bond02Named, bond03Coherent, bond04Name, bond04bNameLength, bond05IsBond, bond06SlaveCount],
    ...[bond07SlaveExists, bond08SlaveIsNic, bond09SlaveFree, bond10SlaveGetsNoNetwork, bond11SlaveKeepsNoNetwork],
    ...[bond12SlaveManaged, bond13SlaveOfOneBond, bond14SlaveUnlabelled, bond22Options, vf09SlaveNotHeld],
  ),
  theRequest('Removed bonds together', bond15RemovedKnown),
  eachRemovedBond('Removed bonds', bond17RemovedIsBond, bond18RemovedIsEmpty, bond19RemovedManaged),
  theRequest('Lists together', bond16NotAlsoRemoved, att10NetworkOnce, att11NetworkOnOneNic),
  eachNicAfter('Each nic as it shall be', excl01OneUntagged),
  eachNicAfter('Each nic as it shall be', mtu01SharedWithUntagged),
  eachNicAfter('Each nic as it shall be', vlan01TagOnce, vlan02DeviceNameLength),
  eachAttachment('Properties', prop01Properties),
  eachAttachment('QoS', qos01HasShare, qos02LimitAboveCommitment),
  eachNicAfter('QoS of each nic', qos03AllOrNone, qos05CommittedFitsSpeed),
  eachAttachmentAfter('Bond modes', bond20ModeCarriesVms, bond21ModeCarriesLabelledVms),
  eachRemovedUnmanaged('Removed unmanaged networks', unm01NotManaged, unm02Known),
  eachLabel('Labels beside unmanaged networks', unm03NicManaged),
  eachAttachment('Attachments beside unmanaged networks', unm04NicManaged),
  eachVfCount('Virtual functions', vf02OfFunction, vf03NoneInUse, vf04InRange),
  eachVfs('Virtual functions', vf10NotTheWayIn),
  theRequest('Addresses', ip13AddressFree),
  eachAttachment('Sync', sync01InSync),
];
