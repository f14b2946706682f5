import type { ChangeSet } from '../change-set.ts';
import type { HostState } from '../host-state.ts';
import { addressedRoles } from '../network/roles.ts';
import { type HostNetwork, lookup } from '../state/lookup.ts';
import { labelledAttachment, storedAttachment } from './attachments.ts';
import type { RemovedAttachment, RemovedLabel, WantedAttachment, WantedLabel } from './completed.ts';
import { completeNicRef, deviceOf } from './references.ts';

export function wantedLabels(state: HostState, request: ChangeSet, newBonds: ReadonlySet<string>): WantedLabel[] {
  const known = lookup(state);
  return request.labels.map(({ label, nic, path }) => {
    const nicRef = completeNicRef(nic, known);
    return { label, nicRef, nic: deviceOf(nicRef, known, newBonds), path };
  });
}

export function removedLabels(state: HostState, request: ChangeSet): RemovedLabel[] {
  const known = lookup(state);
  return request.removedLabels.map(({ label, path }) => ({ label, nic: known.nicOfLabel.get(label) ?? null, path }));
}

/**
 * Networks follow their label (rules §2.3 step 4): new where the host lacks them, moved where they are elsewhere. What the
 * request says itself of a network wins. A move keeps everything else the attachment has, QoS and name servers included.
 */
export function attachmentsByLabel(
  state: HostState,
  labels: readonly WantedLabel[],
  requested: readonly WantedAttachment[],
  removed: readonly RemovedAttachment[],
): WantedAttachment[] {
  const known = lookup(state);
  const mentioned = new Set(requested.map((wanted) => wanted.network?.id));
  const leaving = new Set(removed.map((removal) => removal.stored?.id));
  const follow = (network: HostNetwork, { label, nic, nicRef, path }: WantedLabel): WantedAttachment[] => {
    const stored = known.attachmentByNetworkId.get(network.id);
    if (nic === null || mentioned.has(network.id)) return [];
    if (!stored || leaving.has(stored.id)) {
      return [
        {
          ...labelledAttachment(network, addressedRoles(network.assignment.roles).length > 0),
          nic,
          nicRef,
          label,
          path,
        },
      ];
    }
    const now = storedAttachment(stored, known);
    return now.nic === nic ? [] : [{ ...now, nic, nicRef, label, path }];
  };
  return labels.flatMap((label) => (known.networksByLabel.get(label.label) ?? []).flatMap((n) => follow(n, label)));
}

/** Networks leave with the label that brought them, unless the request changes them itself. */
export function removalsByLabel(
  state: HostState,
  labels: readonly RemovedLabel[],
  requested: readonly WantedAttachment[],
  removed: readonly RemovedAttachment[],
): RemovedAttachment[] {
  const known = lookup(state);
  const mentioned = new Set([...requested, ...removed].map((one) => one.stored?.id));
  return labels.flatMap(({ label, nic, path }) =>
    (known.networksByLabel.get(label) ?? []).flatMap((network) => {
      const stored = known.attachmentByNetworkId.get(network.id);
      if (!stored || !nic || stored.nicId !== nic.id || mentioned.has(stored.id)) return [];
      return [{ id: stored.id, networkRef: { id: network.id, name: network.name }, stored, network, label, path }];
    }),
  );
}
