import type { ChangeSet } from '../change-set.ts';
import type { HostState } from '../host-state.ts';
import { lookup } from '../state/lookup.ts';
import { hostAfter, type Parts } from './after.ts';
import { removedAttachments, requestedAttachments } from './attachments.ts';
import { isBondUnchanged, removedBond, wantedBond } from './bonds.ts';
import type { Completed, RemovedAttachment, RemovedBond } from './completed.ts';
import { attachmentsByLabel, removalsByLabel, removedLabels, wantedLabels } from './labels.ts';
import { isAttachmentUnchanged } from './unchanged.ts';
import { areVfsUnchanged, wantedVfs } from './virtual-functions.ts';

/**
 * A request on top of a host's state (rules §2.2, §2.3, §2.6): references completed, stored values filled in, labels
 * followed by their networks, entries that change nothing set aside. Never throws; what does not resolve is left for the
 * rules to speak about.
 */
export function complete(state: HostState, request: ChangeSet): Completed {
  const known = lookup(state);
  const everyBond = request.bonds.map((change) => wantedBond(state, change));
  const newBonds = new Set(everyBond.flatMap((bond) => (bond.stored ? [] : (bond.name ?? []))));
  const requested = requestedAttachments(state, request, newBonds);
  const removals = removedAttachments(state, request);
  const labels = wantedLabels(state, request, newBonds);
  const unlabelled = removedLabels(state, request);
  const byLabel = attachmentsByLabel(state, labels, requested, removals);

  const everyAttachment = [...requested, ...byLabel];
  const everything: Parts = {
    attachments: everyAttachment,
    removedAttachments: [...removals, ...removalsByLabel(state, unlabelled, everyAttachment, removals)],
    bonds: everyBond,
    removedBonds: request.removedBonds.map((removal) => removedBond(state, removal)),
    labels,
    removedLabels: unlabelled,
  };
  // What is also removed is never "unchanged": the rules must see the contradiction (ATT-06, BOND-16).
  const leaving = new Set([...everything.removedAttachments, ...everything.removedBonds].map(idOfRemoved));
  const [sameAttachments, attachments] = partition(
    everyAttachment,
    (one) => !leaving.has(one.stored?.id) && isAttachmentUnchanged(one, known),
  );
  const [sameBonds, bonds] = partition(everyBond, (one) => !leaving.has(one.stored?.id) && isBondUnchanged(state, one));
  const virtualFunctions = request.virtualFunctions
    .map((change) => wantedVfs(state, change))
    .filter((one) => !areVfsUnchanged(one));
  const hostStays =
    virtualFunctions.every(({ nic, count }) => nic !== null && count === null) &&
    attachments.length === 0 &&
    bonds.length === 0 &&
    everything.removedAttachments.length === 0 &&
    everything.removedBonds.length === 0 &&
    request.removedUnmanaged.length === 0;
  const labelsStay =
    unlabelled.length === 0 &&
    labels.every(({ label, nic }) => nic !== null && known.nicOfLabel.get(label)?.name === nic);
  const storeStays = labelsStay && virtualFunctions.length === 0;
  return {
    ...everything,
    state,
    request,
    attachments,
    bonds,
    unchanged: { attachments: sameAttachments, bonds: sameBonds },
    after: hostAfter(state, everything, request.removedUnmanaged),
    virtualFunctions,
    nothingToDo: hostStays && storeStays,
    engineOnly: hostStays && !storeStays,
  };
}

function idOfRemoved(removal: RemovedAttachment | RemovedBond): string | undefined {
  return 'nic' in removal ? removal.nic?.id : removal.stored?.id;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
