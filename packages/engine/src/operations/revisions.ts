/** What hosts were made to look like, change by change: written with each change, read to compare and to go back. */
import { type ChangeSet, changeSetTo, emptyChangeSet, type HostWish, wishOf } from '@patchbay/model';
import type { HostConfig, PlanSummary } from '@patchbay/protocol';
import type { Writer } from '../store/index.ts';
import type { RevisionRow } from '../store/schema.ts';
import type { Engine } from './engine.ts';
import type { PendingChange } from './finish-change.ts';
import type { Build } from './judge-change.ts';
import { readSettings } from './settings.ts';

/** What of a revision is known before the host has taken the change. */
export interface RevisionDraft {
  /** As completed. */
  changeSet: ChangeSet;
  before: HostConfig;
  after: HostConfig;
}

export interface RevisionDetails extends RevisionDraft {
  wish: HostWish;
  steps: PlanSummary['steps'];
}

/** Call inside the write that stores the change, when all else of it is stored. */
export async function addRevision(
  tx: Writer,
  engine: Pick<Engine, 'now'>,
  hostId: string,
  { description, actor, revision }: PendingChange,
  steps: PlanSummary['steps'],
): Promise<void> {
  if (revision === null) return;
  const names = new Map((await tx.list('network')).map((network) => [network.id, network.name]));
  const links = (await tx.get('report', hostId))?.report.links ?? [];
  const functions = new Map(links.flatMap(({ name, sriov }) => (sriov?.total ? [[name, sriov.current]] : [])));
  const wish = wishOf(
    await tx.list('nic', hostId),
    await tx.list('attachment', hostId),
    (id) => names.get(id) ?? null,
    (nic) => functions.get(nic),
  );
  const details: RevisionDetails = { ...revision, wish, steps };
  await tx.addRevision(
    {
      host_id: hostId,
      time: engine.now(),
      description,
      correlation_id: actor.correlationId,
      user_id: actor.user?.id ?? null,
      details: JSON.stringify(details),
    },
    (await readSettings(tx)).revisionsKept,
  );
}

export function detailsOf(revision: RevisionRow): RevisionDetails {
  const details = JSON.parse(revision.details) as RevisionDetails;
  // One of an earlier version asked for nothing of what came later.
  return { ...details, changeSet: { ...emptyChangeSet(), ...details.changeSet } };
}

/** A change like any other, to what was wished of the host then. */
export function revertTo(revision: RevisionRow, options: Partial<ChangeSet>): Build {
  const { wish } = detailsOf(revision);
  return (state) => ({ ...changeSetTo(state, wish), ...options });
}
