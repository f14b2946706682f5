export { ipv4Mask, isIpv4 } from './address/ipv4.ts';
export { inSubnet } from './address/subnet.ts';
export * from './bond/in-mode.ts';
export * from './bond/modes.ts';
export * from './bond/normalise.ts';
export * from './change-set.ts';
export * from './complete/complete.ts';
export type * from './complete/completed.ts';
export * from './complete/completed-change-set.ts';
export { everyNetwork } from './complete/virtual-functions.ts';
export * from './copy/copy-networks.ts';
export * from './entities.ts';
export * from './follow/follow.ts';
export * from './health/shortcomings.ts';
export * from './host-config/attachment-wish.ts';
export * from './host-config/difference.ts';
export * from './host-config/host-config.ts';
export * from './host-config/to-host-config.ts';
export * from './host-state.ts';
export * from './in-sync/reported-configurations.ts';
export * from './network/assign-roles.ts';
export * from './network/autoconf-possible.ts';
export * from './network/cluster-version.ts';
export * from './network/effective-mtu.ts';
export * from './network/effective-qos.ts';
export * from './network/nameservers.ts';
export * from './network/roles.ts';
export * from './network/static-addresses.ts';
export * from './network/vdsm-name.ts';
export * from './observed.ts';
export * from './revisions/change-set-to.ts';
export * from './revisions/wish.ts';
export {
  validateLabelRemoval,
  validateNewAttachment,
  validateNewBond,
  validateNewLabel,
} from './rules/adding/index.ts';
export { hostChangeAdvice } from './rules/advice/index.ts';
export type * from './rules/cluster/assignment-change.ts';
export { validateAssignment, validateDetach } from './rules/cluster/index.ts';
export { type CopyRequest, validateCopy } from './rules/copy/index.ts';
export { validateHost, validateHostMove } from './rules/host/index.ts';
export { hostChangeRules } from './rules/index.ts';
export { validateNetwork, validateNetworkLabel, validateNetworkRemoval } from './rules/network/index.ts';
export type * from './rules/network/network-change.ts';
export { validateQos } from './rules/qos/index.ts';
export type * from './rules/qos/qos-change.ts';
export type { AnyGroup, Rule, RuleRow } from './rules/rule.ts';
export * from './rules/validate.ts';
export { aboutNic, validateVfAllowance, validateVfCount } from './rules/vf/index.ts';
export * from './settings.ts';
export { driftedFunctions } from './state/drifted-functions.ts';
export { type HostNetwork, type Lookup, lookup } from './state/lookup.ts';
export * from './to-stored/to-stored.ts';
export * from './violation.ts';
export type * from './workload.ts';
