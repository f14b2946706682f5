/** A fresh report becomes the stored one: nics keep the id of their name, vanished ones stay while something wants them. */
import type { Host, Nic, ObservedHost } from '@patchbay/model';
import type { HostReport } from '@patchbay/protocol';
import { observedFromReport } from '../mapping/observed.ts';
import type { Writer } from '../store/index.ts';

export interface NicChanges {
  put: Nic[];
  remove: string[];
}

/**
 * @param wanted ids of nics that must stay although they are not reported: attachments sit on them. Bonds that were asked for
 *   stay as well, and nics of which virtual functions were
 */
export function nicsFromReport(
  hostId: string,
  stored: readonly Nic[],
  observed: ObservedHost,
  wanted: ReadonlySet<string>,
  newId: () => string,
): NicChanges {
  const byName = new Map(stored.map((nic) => [nic.name, nic]));
  const reported = new Set(observed.nics.map((nic) => nic.name));
  const put = observed.nics.flatMap((seen) => {
    const known = byName.get(seen.name);
    const same = known?.kind === seen.kind && known.base === seen.base && known.vlan === seen.vlan;
    if (known !== undefined && same) return [];
    const { name, kind, base, vlan } = seen;
    const fresh = { id: known?.id ?? newId(), hostId, name, kind, base, vlan, labels: known?.labels ?? [] };
    return [{ ...fresh, bond: kind === 'bond' ? (known?.bond ?? null) : null }];
  });
  const isWished = (nic: Nic) => wanted.has(nic.id) || nic.bond !== null || (nic.vfCount ?? 0) > 0;
  const remove = stored.filter((nic) => !reported.has(nic.name) && !isWished(nic));
  return { put, remove: remove.map((nic) => nic.id) };
}

/** Stores the report and what follows from it. Call inside the same write as everything that depends on it. */
export async function recordReport(tx: Writer, hostId: string, report: HostReport, newId: () => string): Promise<void> {
  const host = await tx.get('host', hostId);
  if (host === undefined) return;
  const wanted = new Set((await tx.list('attachment', hostId)).map((a) => a.nicId));
  const changes = nicsFromReport(hostId, await tx.list('nic', hostId), observedFromReport(report), wanted, newId);
  for (const id of changes.remove) await tx.remove('nic', id);
  for (const nic of changes.put) await tx.put('nic', nic);
  await tx.put('report', { hostId, report });
  const facts: Partial<Host> = {
    kernel: report.kernel,
    netConfigDirty: !report.committed,
    nameservers: report.nameservers,
  };
  await tx.put('host', { ...host, ...facts });
}
