import type { Ref } from '../change-set.ts';
import type { Nic } from '../entities.ts';
import type { HostNetwork, Lookup } from '../state/lookup.ts';

export const noRef: Readonly<Ref> = Object.freeze({ id: null, name: null });

/** Fills in the missing half of a reference when the given half resolves (rules §2.3, steps 1 and 3). */
function complete(
  ref: Ref,
  byId: ReadonlyMap<string, { name: string }>,
  byName: ReadonlyMap<string, { id: string }>,
): Ref {
  return {
    id: ref.id ?? (ref.name === null ? null : (byName.get(ref.name)?.id ?? null)),
    name: ref.name ?? (ref.id === null ? null : (byId.get(ref.id)?.name ?? null)),
  };
}

/** A nic reference with both halves, as far as the host knows them. */
export function completeNicRef(ref: Ref | null, known: Lookup): Ref {
  return complete(ref ?? noRef, known.nicById, known.nicByName);
}

/** A network reference with both halves, looked up among the networks of the host's cluster only. */
export function completeNetworkRef(ref: Ref | null, known: Lookup): Ref {
  return complete(ref ?? noRef, known.networkById, known.networkByName);
}

/** The one network a completed reference leads to; null when it is unknown or its halves disagree. */
export function networkOf(ref: Ref, known: Lookup): HostNetwork | null {
  const network = ref.id === null ? undefined : known.networkById.get(ref.id);
  return network && network.name === ref.name ? network : null;
}

/** The one nic a completed reference leads to; null when it is unknown or its halves disagree. */
export function nicOf(ref: Ref, known: Lookup): Nic | null {
  const nic = ref.id === null ? undefined : known.nicById.get(ref.id);
  return nic && nic.name === ref.name ? nic : null;
}

/** Name of the nic, or of the bond this request makes, that a completed reference leads to. */
export function deviceOf(ref: Ref, known: Lookup, newBonds: ReadonlySet<string>): string | null {
  const nic = nicOf(ref, known);
  if (nic) return nic.name;
  return ref.id === null && ref.name !== null && newBonds.has(ref.name) ? ref.name : null;
}
