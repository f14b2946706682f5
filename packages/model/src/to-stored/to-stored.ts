import type { BondAfter, Completed, WantedAttachment, WantedVfs } from '../complete/completed.ts';
import type { Attachment, Nic } from '../entities.ts';
import { lookup } from '../state/lookup.ts';

/** Records to write in one database transaction. Insert and update before deleting, so that a moved attachment outlives its bond. */
export interface StoredChange {
  nics: { inserted: Nic[]; updated: Nic[]; deleted: string[] };
  attachments: { inserted: Attachment[]; updated: Attachment[]; deleted: string[] };
}

/**
 * What is kept of a valid change once the host has taken it. Attachments keep their ids through every move and when the bond
 * below them is broken (rules §2.9, where oVirt forgets them).
 *
 * @param options.newId gives a fresh id at each call
 */
export function toStored(completed: Completed, options: { newId: () => string }): StoredChange {
  const nics = storedNics(completed, options.newId);
  const nicId = (name: string) =>
    nics.inserted.find((nic) => nic.name === name)?.id ?? lookup(completed.state).nicByName.get(name)?.id;
  return { nics, attachments: storedAttachments(completed, nicId, options.newId) };
}

function storedNics(
  { state, after, bonds, removedBonds, virtualFunctions }: Completed,
  newId: () => string,
): StoredChange['nics'] {
  const functions = new Map(virtualFunctions.map((one) => [one.nic?.id, one]));
  const changed = new Set(bonds.map((bond) => bond.name));
  const labelsOf = (name: string) => [...(after.labelsOn.get(name) ?? [])];
  const bondOf = (bond: BondAfter) => ({ slaves: bond.slaves, options: bond.options });

  const inserted = [...after.bonds.values()]
    .filter((bond) => !lookup(state).nicByName.has(bond.name))
    .map(
      (bond): Nic => ({
        id: newId(),
        hostId: state.host.id,
        name: bond.name,
        kind: 'bond',
        bond: bondOf(bond),
        labels: labelsOf(bond.name),
        base: null,
        vlan: null,
      }),
    );
  const deleted = [...new Set(removedBonds.flatMap((bond) => bond.nic?.id ?? []))];
  const updated = state.nics.flatMap((nic): Nic[] => {
    const bond = changed.has(nic.name) ? after.bonds.get(nic.name) : undefined;
    const labels = labelsOf(nic.name);
    const relabelled = labels.length !== nic.labels.length || labels.some((label) => !nic.labels.includes(label));
    const vfs = functions.get(nic.id);
    if (deleted.includes(nic.id) || (!bond && !relabelled && !vfs)) return [];
    return [{ ...nic, labels, bond: bond ? bondOf(bond) : nic.bond, ...(vfs ? storedVfs(vfs) : {}) }];
  });
  return { inserted, updated, deleted };
}

function storedVfs({ count, allowance }: WantedVfs): Pick<Nic, 'vfs' | 'vfCount'> {
  return { vfs: allowance, ...(count === null ? {} : { vfCount: count }) };
}

function storedAttachments(
  { state, attachments, removedAttachments }: Completed,
  nicIdOf: (name: string) => string | undefined,
  newId: () => string,
): StoredChange['attachments'] {
  const record = (wanted: WantedAttachment, id: () => string): Attachment[] => {
    const nicId = wanted.nic === null ? undefined : nicIdOf(wanted.nic);
    if (!wanted.network || nicId === undefined) return [];
    const { ipv4, ipv6, properties, qos, nameservers } = wanted;
    return [
      {
        id: id(),
        hostId: state.host.id,
        networkId: wanted.network.id,
        nicId,
        ipv4,
        ipv6,
        properties,
        qos,
        nameservers,
      },
    ];
  };
  return {
    inserted: attachments.flatMap((wanted) => (wanted.stored ? [] : record(wanted, newId))),
    updated: attachments.flatMap(({ stored, ...wanted }) =>
      stored ? record({ stored, ...wanted }, () => stored.id) : [],
    ),
    deleted: [...new Set(removedAttachments.flatMap((removal) => removal.stored?.id ?? []))],
  };
}
