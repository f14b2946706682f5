import type { HostState } from '../host-state.ts';
import { currentBond } from '../state/current-bond.ts';
import { groupBy, lookup } from '../state/lookup.ts';
import { storedAttachment } from './attachments.ts';
import type {
  BondAfter,
  HostAfter,
  RemovedAttachment,
  RemovedBond,
  RemovedLabel,
  WantedAttachment,
  WantedBond,
  WantedLabel,
} from './completed.ts';

/** What a request asks, resolved. */
export interface Parts {
  attachments: readonly WantedAttachment[];
  removedAttachments: readonly RemovedAttachment[];
  bonds: readonly WantedBond[];
  removedBonds: readonly RemovedBond[];
  labels: readonly WantedLabel[];
  removedLabels: readonly RemovedLabel[];
}

/** The host as it shall stand when the parts have come true and everything they do not mention has stayed. */
export function hostAfter(state: HostState, parts: Parts, removedUnmanaged: readonly string[]): HostAfter {
  const bonds = bondsAfter(state, parts);
  const attachments = attachmentsAfter(state, parts);
  return {
    attachments,
    attachmentsOn: groupBy(
      attachments.filter((one) => one.nic !== null),
      (one) => one.nic ?? '',
    ),
    bonds,
    masterOf: new Map([...bonds.values()].flatMap((bond) => bond.slaves.map((slave) => [slave, bond.name]))),
    labelsOn: labelsAfter(state, parts),
    unmanagedOn: groupBy(
      [...lookup(state).unmanaged.values()].filter((n) => n.base !== null && !removedUnmanaged.includes(n.vdsmName)),
      (network) => network.base ?? '',
    ),
  };
}

function attachmentsAfter(state: HostState, { attachments, removedAttachments }: Parts): WantedAttachment[] {
  const known = lookup(state);
  const mentioned = new Set([...attachments, ...removedAttachments].map((one) => one.stored?.id));
  const kept = state.attachments.filter((one) => !mentioned.has(one.id));
  return [...attachments, ...kept.map((one) => storedAttachment(one, known))];
}

function bondsAfter(state: HostState, { bonds, removedBonds }: Parts): Map<string, BondAfter> {
  const after = new Map<string, BondAfter>();
  for (const nic of state.nics) {
    const bond = currentBond(state, nic);
    if (bond) after.set(nic.name, { id: nic.id, name: nic.name, slaves: bond.slaves, options: bond.options });
  }
  for (const removed of removedBonds) if (removed.nic) after.delete(removed.nic.name);
  for (const { name, stored, slaves, options } of bonds) {
    const isBond = stored === null || (stored.kind === 'bond' && stored.name === name);
    if (name === null || !isBond) continue;
    const known = slaves.flatMap((slave) => slave.name ?? []);
    after.set(name, { id: stored?.id ?? null, name, slaves: [...new Set(known)], options });
  }
  return after;
}

/** A label is on one nic: put somewhere it leaves where it was, and it goes with its bond. */
function labelsAfter(state: HostState, { labels, removedLabels, removedBonds }: Parts): Map<string, string[]> {
  const nicOf = new Map([...lookup(state).nicOfLabel].map(([label, nic]) => [label, nic.name]));
  const gone = new Set(removedBonds.map((bond) => bond.nic?.name));
  for (const [label, nic] of nicOf) if (gone.has(nic)) nicOf.delete(label);
  for (const { label } of removedLabels) nicOf.delete(label);
  for (const { label, nic } of labels) if (nic !== null) nicOf.set(label, nic);
  const grouped = groupBy(nicOf, ([, nic]) => nic);
  return new Map([...grouped].map(([nic, pairs]) => [nic, pairs.map(([label]) => label)]));
}
