/** A fresh report becomes the stored one: nics keep the id of their name, vanished ones stay while something wants them. */
import type { Host, Nic, ObservedHost } from '@patchbay/model';
import { type BondConfig, emptyHostConfig, type HostConfig, type HostReport } from '@patchbay/protocol';
import { observedFromReport } from '../mapping/observed.ts';
import type { Writer } from '../store/index.ts';
import { rememberNetworks } from './forgotten-networks.ts';

export interface NicChanges {
  put: Nic[];
  remove: string[];
}

/**
 * @param forgotten bonds that the host was told to have by an engine that has forgotten it
 * @param wanted ids of nics that must stay although they are not reported: attachments sit on them. Bonds that were asked for
 *   stay as well, and nics of which virtual functions were
 */
export function nicsFromReport(
  hostId: string,
  stored: readonly Nic[],
  observed: ObservedHost,
  forgotten: HostConfig['bonds'],
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
    const asked = known === undefined ? askedBond(forgotten[name]) : known.bond;
    return [{ ...fresh, bond: kind === 'bond' ? asked : null }];
  });
  const isWished = (nic: Nic) => wanted.has(nic.id) || nic.bond !== null || (nic.vfCount ?? 0) > 0;
  const remove = stored.filter((nic) => !reported.has(nic.name) && !isWished(nic));
  return { put, remove: remove.map((nic) => nic.id) };
}

function askedBond(bond: BondConfig | undefined): Nic['bond'] {
  if (bond === undefined) return null;
  return { slaves: bond.slaves, options: Object.entries(bond.options).map(([name, value]) => ({ name, value })) };
}

/** Stores the report and what follows from it. Call inside the same write as everything that depends on it. */
export async function recordReport(tx: Writer, hostId: string, report: HostReport, newId: () => string): Promise<void> {
  const host = await tx.get('host', hostId);
  if (host === undefined) return;
  const wanted = new Set((await tx.list('attachment', hostId)).map((a) => a.nicId));
  const identity = await tx.get('host_identity', hostId);
  const forgotten = identity?.behind ? report.running : emptyHostConfig;
  const changes = nicsFromReport(
    hostId,
    await tx.list('nic', hostId),
    observedFromReport(report),
    forgotten.bonds,
    wanted,
    newId,
  );
  for (const id of changes.remove) await tx.remove('nic', id);
  for (const nic of changes.put) await tx.put('nic', nic);
  await tx.put('report', { hostId, report });
  const facts: Partial<Host> = {
    kernel: report.kernel,
    netConfigDirty: !report.committed,
    nameservers: report.nameservers,
  };
  await tx.put('host', { ...host, ...facts });
  if (identity?.behind === undefined) return;
  await rememberNetworks(tx, hostId, forgotten.networks, newId);
  const { behind: _, ...caughtUp } = identity;
  await tx.put('host_identity', caughtUp);
}
