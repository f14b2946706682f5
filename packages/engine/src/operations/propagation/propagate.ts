/**
 * Something changed that hosts have to follow (rules §5): the work is written down together with the change itself, so that it
 * is done even when the engine dies the moment after, and begins as soon as both are on disk.
 */
import { asksForNothing, type Follow, followDataCentre, type Host, type HostState } from '@patchbay/model';
import type { EventName } from '../../events/catalogue.ts';
import type { Rollout, Step, Writer } from '../../store/index.ts';
import type { Actor, Engine } from '../engine.ts';
import { newJob, newStep } from '../jobs/jobs.ts';
import { loadHosts } from '../load-host.ts';
import { note } from '../note.ts';

export interface Trigger {
  /** What changed, as a sentence's beginning: `Network red was changed`. */
  what: string;
  cause: Rollout['cause'];
  /** Clusters whose hosts may have to follow. */
  clusterIds: readonly string[];
  /** Only these of their hosts, if given. */
  hostIds?: readonly string[];
  follow: Follow;
  options?: RolloutOptions;
}

/** What a client may say of how its change reaches the hosts. */
export interface RolloutOptions {
  /** False leaves the hosts as they are: they show as out of sync. */
  propagate?: boolean;
  /** Hosts at once; the engine's own when absent. */
  width?: number;
  stopOnFailure?: boolean;
}

/**
 * Call inside the write that changes what hosts have to follow, after it has been changed.
 * @returns the job that carries it to the hosts; null when none has anything to change
 */
export async function propagate(tx: Writer, engine: Engine, actor: Actor, trigger: Trigger): Promise<string | null> {
  const { what, cause, clusterIds, options = {} } = trigger;
  if (options.propagate === false) return null;
  const hosts = await concerned(tx, engine, trigger);
  const about = await subject(tx, clusterIds);
  const [started, nothing] = beginnings[cause];
  if (hosts.length === 0) {
    if (nothing !== null) await note(tx, engine, actor, nothing, `${what}: no host has anything to change.`, about);
    return null;
  }
  const rollout: Rollout = {
    cause,
    clusterId: about.clusterId ?? null,
    dataCentreId: about.dataCentreId ?? null,
    width: options.width ?? engine.waveWidth,
    stopOnFailure: options.stopOnFailure ?? false,
  };
  const total = hosts.length;
  const job = { ...newJob(engine, actor, what), steps: { total, open: total, failed: 0, aborted: 0 }, rollout };
  await tx.put('job', job);
  for (const [at, host] of hosts.entries()) {
    const text = `(${at + 1}/${total}) Host ${host.name}: ${what}:`;
    const waiting: Pick<Step, 'status' | 'started'> = { status: 'waiting', started: null };
    const step: Step = { ...newStep(engine, job, at + 1, text), ...waiting, hostId: host.id, follow: trigger.follow };
    await tx.put('step', step);
    await tx.put('errand', { id: step.id, hostId: host.id });
  }
  await note(tx, engine, actor, started, `${what}: ${total} host${total === 1 ? '' : 's'} will follow.`, about);
  tx.afterwards(() => engine.rollouts.wake(job.id));
  return job.id;
}

/** oVirt's names for how each kind begins, and for when there is nothing to begin. */
const beginnings = {
  add: ['NETWORK_ADD_NETWORK_STARTED', 'NETWORK_ADD_NOTHING_TO_DO'],
  update: ['NETWORK_UPDATE_NETWORK_STARTED', 'NETWORK_UPDATE_NOTHING_TO_DO'],
  remove: ['NETWORK_REMOVE_NETWORK_STARTED', 'NETWORK_REMOVE_NOTHING_TO_DO'],
  cluster: ['HOSTS_FOLLOW_STARTED', null],
  sync: ['CLUSTER_SYNC_ALL_NETWORKS_STARTED', 'CLUSTER_SYNC_NOTHING_TO_DO'],
} as const satisfies Record<Rollout['cause'], readonly [EventName, EventName | null]>;

type Concerned = Pick<Host, 'id' | 'name'>;

async function concerned(tx: Writer, engine: Engine, trigger: Trigger): Promise<Concerned[]> {
  const found: Concerned[] = [];
  for (const id of new Set(trigger.clusterIds)) {
    const cluster = await tx.get('cluster', id);
    if (cluster === undefined) continue;
    for await (const state of loadHosts(tx, cluster)) {
      const { id, name } = state.host;
      if (trigger.hostIds?.includes(id) === false) continue;
      if (await concerns(tx, engine, state, trigger.follow)) found.push({ id, name });
    }
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function concerns(tx: Writer, engine: Engine, state: HostState, follow: Follow): Promise<boolean> {
  if (!asksForNothing(followDataCentre(state, follow))) return true;
  // What the host has now need not be what it will have when the change it is busy with has ended. Its turn comes after that.
  const { id } = state.host;
  if (engine.locks.busy(id) || (await tx.runningTask(id)) !== undefined) return true;
  const ids = new Set(follow.networks.map((one) => one.id));
  const carries = follow.everything || state.attachments.some((one) => ids.has(one.networkId));
  return carries && state.observed === null;
}

async function subject(
  tx: Writer,
  clusterIds: readonly string[],
): Promise<{ clusterId?: string; dataCentreId?: string }> {
  const [only, ...others] = clusterIds;
  const cluster = only === undefined ? undefined : await tx.get('cluster', only);
  const dataCentre = cluster === undefined ? {} : { dataCentreId: cluster.dataCentreId };
  return others.length === 0 && cluster !== undefined ? { clusterId: cluster.id, ...dataCentre } : dataCentre;
}
