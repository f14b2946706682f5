/** The end of a host change, stored once: the wish, the report, the event and the job in one write. */
import type { Host, Nic, StoredChange } from '@patchbay/model';
import type { TransactionResult } from '@patchbay/protocol';
import { clusterNetworkId, type Reader, type Writer } from '../store/index.ts';
import type { Actor, Engine } from './engine.ts';
import { carriedBy, judgeHealth } from './host-health.ts';
import { endSteps, requeueSteps } from './jobs/jobs.ts';
import { note } from './note.ts';
import { recordReport } from './record-report.ts';
import { addRevision, type RevisionDraft } from './revisions.ts';

/** What is to be stored when the host has succeeded; kept with the task, so that any engine can finish it. */
export interface PendingChange {
  /** Steps that end with it. */
  steps: readonly string[];
  stored: StoredChange;
  description: string;
  actor: Actor;
  /** Null for a change that asks for nothing. */
  revision: RevisionDraft | null;
}

/**
 * @param result null when the host was not asked, or does not know the transaction
 * @param taskId the task to end with it; a task that has ended already is not finished twice
 */
export async function finishChange(
  engine: Engine,
  hostId: string,
  pending: PendingChange,
  result: TransactionResult | null,
  taskId?: string,
): Promise<void> {
  await engine.store.write(async (tx) => {
    if (taskId !== undefined && (await tx.task(taskId))?.state !== 'running') return;
    const host = await tx.get('host', hostId);
    const kept = taskId === undefined || result?.outcome === 'committed';
    if (taskId !== undefined) await tx.endTask(taskId, kept ? 'done' : 'failed');
    if (host === undefined) {
      await endSteps(tx, engine, pending.actor, pending.steps, 'failed', 'The host was removed.');
      return;
    }
    const had = await carriedBy(tx, hostId);
    if (kept) await keep(tx, host, pending.stored);
    if (result !== null) await recordReport(tx, hostId, result.report, engine.newId);
    await judgeHealth(tx, engine, hostId, had);
    if (kept) await addRevision(tx, engine, hostId, pending, result?.plan?.steps ?? []);
    const why = result?.problem?.message ?? 'The host does not know the change.';
    const text = `${pending.description} on host ${host.name} failed (${result?.outcome ?? 'unchanged'}): ${why}`;
    // Cut short together with its engine, or never begun: that is not the host's refusal.
    const cutShort = result === null || (taskId !== undefined && !engine.outcomes.sentHere(taskId));
    if (kept) await endSteps(tx, engine, pending.actor, pending.steps, 'finished', '');
    else await giveUp(tx, engine, pending, text, cutShort);
    if (taskId === undefined) return;
    await (kept
      ? note(
          tx,
          engine,
          pending.actor,
          'HOST_NETWORKS_CHANGED',
          `${pending.description} on host ${host.name} succeeded.`,
          { host },
        )
      : note(tx, engine, pending.actor, 'HOST_NETWORKS_CHANGE_FAILED', text, { host }));
  });
}

/** What hosts do in the background is done again when it was cut short; nobody has been told yet how it ended. */
async function giveUp(
  tx: Writer,
  engine: Engine,
  { steps, actor }: PendingChange,
  why: string,
  cutShort: boolean,
): Promise<void> {
  for (const id of steps) {
    const background = (await tx.get('step', id))?.follow ?? null;
    if (cutShort && background !== null) await requeueSteps(tx, engine, [id], why);
    else await endSteps(tx, engine, actor, [id], 'failed', why);
  }
}

/** Networks that were deleted, or are none of the host's cluster any more, do not come back with a change begun before that. */
async function keep(tx: Writer, { clusterId }: Host, { nics, attachments }: StoredChange): Promise<void> {
  // A network that swaps places with another must not meet its own former row.
  for (const nic of [...nics.inserted, ...nics.updated]) await tx.put('nic', await ofKnownNetworks(tx, nic));
  for (const id of attachments.deleted) await tx.remove('attachment', id);
  for (const attachment of [...attachments.updated, ...attachments.inserted]) {
    const assignment = await tx.get('cluster_network', clusterNetworkId(clusterId, attachment.networkId));
    if (assignment === undefined) continue;
    // What the host runs may have been taken up while this was under way.
    const namesake = await tx.named('attachment', attachment.hostId, attachment.networkId);
    if (namesake !== undefined && namesake.id !== attachment.id) await tx.remove('attachment', namesake.id);
    await tx.put('attachment', attachment);
  }
  for (const id of nics.deleted) await tx.remove('nic', id);
}

async function ofKnownNetworks(tx: Reader, nic: Nic): Promise<Nic> {
  if (nic.vfs === undefined) return nic;
  const known = await Promise.all(nic.vfs.networkIds.map((id) => tx.get('network', id)));
  return { ...nic, vfs: { ...nic.vfs, networkIds: known.flatMap((network) => network?.id ?? []) } };
}
