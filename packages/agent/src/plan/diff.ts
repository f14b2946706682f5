/**
 * The steps from one kernel state to a target, in an order that keeps connections up where that is possible: make, grow,
 * attach, move addresses, and only then remove and shrink. The path to the engine is touched last and in one piece.
 * Nothing is set that is set already.
 */
import type { KernelOp } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { Draft } from './draft.ts';
import { announce, moveAddresses } from './phase-addresses.ts';
import {
  attachMembers,
  attachPorts,
  emptyBridges,
  forgetPrimaries,
  leaveToOne,
  openNewWay,
  releasePorts,
} from './phase-attach.ts';
import { claimDevices, releaseDevices } from './phase-claims.ts';
import { create, freeNames } from './phase-create.ts';
import { setEthtool } from './phase-ethtool.ts';
import { removeLinks, removeRoutesAndRules, startClients, stopClients } from './phase-remove.ts';
import { setResolver } from './phase-resolver.ts';
import { addRoutes, addRules } from './phase-routes.ts';
import { settle, settleOptions, settleSysctls, shrink } from './phase-settle.ts';
import { shape } from './phase-shaping.ts';
import { setVirtualFunctions } from './phase-sriov.ts';
import type { Target, TargetLink } from './target.ts';

/** @throws when the target cannot be reached by steps that a kernel accepts, which is a defect of the target or of the planner */
export function diff(
  before: KernelState,
  target: Target,
  management: { now: string | null; then: string | null },
): KernelOp[] {
  const draft = new Draft(before, target, management);
  claimDevices(draft);
  setVirtualFunctions(draft);
  freeNames(draft);
  create(draft);
  settleSysctls(draft, 'early');
  forgetPrimaries(draft);
  const rest = (link: TargetLink) => !draft.isLive(link);
  // The new way to the engine is whole before the rest of the old one is taken apart.
  const arriving = (link: TargetLink) => draft.isArriving(link);
  const leaving = (link: TargetLink) => draft.isLive(link) && !draft.isArriving(link);
  rewire(draft, rest);
  leaveToOne(draft);
  rewire(draft, arriving);
  rewire(draft, leaving);
  addRules(draft);
  startClients(draft);
  setResolver(draft);
  stopClients(draft);
  removeRoutesAndRules(draft);
  removeLinks(draft);
  shrink(draft);
  settleOptions(draft, () => true);
  settle(draft, () => true);
  moveAddresses(draft, () => true);
  addRoutes(draft, () => true);
  settleSysctls(draft, 'late');
  moveAddresses(draft, () => true);
  addRoutes(draft, () => true);
  setEthtool(draft);
  shape(draft);
  announce(draft, () => true);
  releaseDevices(draft);
  return draft.ops;
}

/** Puts some of the links where they belong and their addresses with them. */
function rewire(draft: Draft, which: (link: TargetLink) => boolean): void {
  openNewWay(draft, which);
  attachMembers(draft, which, 'before');
  emptyBridges(draft, which);
  releasePorts(draft, which);
  settle(draft, which);
  attachPorts(draft, which);
  settle(draft, which);
  moveAddresses(draft, which);
  addRoutes(draft, which);
  // As soon as the engine can be heard again, and once more in the end, for a nic's link may take its time.
  announce(draft, (link) => which(link) && draft.isLive(link));
  attachMembers(draft, which, 'after');
  settle(draft, which);
  settleOptions(draft, which);
  moveAddresses(draft, which);
  addRoutes(draft, which);
}
