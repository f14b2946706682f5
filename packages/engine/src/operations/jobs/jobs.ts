/** Jobs and their steps: what a client follows an operation by. A job ends with its last step. */
import type { EventName } from '../../events/catalogue.ts';
import type { Job, Rollout, Step, Writer } from '../../store/index.ts';
import type { Actor, Engine } from '../engine.ts';
import { note } from '../note.ts';

/** A job that has begun, with the steps that are open. */
export interface BegunJob {
  jobId: string;
  steps: string[];
}

type Clock = Pick<Engine, 'now' | 'newId'>;

export function newJob(engine: Clock, actor: Actor, description: string): Job {
  const now = engine.now();
  return {
    id: engine.newId(),
    description,
    detail: '',
    status: 'started',
    started: now,
    ended: null,
    updated: now,
    userId: actor.user?.id ?? null,
    correlationId: actor.correlationId,
    external: false,
    autoCleared: true,
    steps: { total: 0, open: 0, failed: 0, aborted: 0 },
    rollout: null,
  };
}

export function newStep(engine: Clock, job: Job, number: number, description: string): Step {
  return {
    id: engine.newId(),
    jobId: job.id,
    parentId: null,
    number,
    description,
    detail: '',
    type: 'executing',
    status: 'started',
    external: false,
    started: engine.now(),
    ended: null,
    hostId: null,
    follow: null,
  };
}

/** A job of one step, both started. @param hostId where it runs, if on one host */
export async function beginJob(
  tx: Writer,
  engine: Clock,
  actor: Actor,
  description: string,
  hostId: string | null,
): Promise<BegunJob> {
  const job = newJob(engine, actor, description);
  const step = { ...newStep(engine, job, 1, description), hostId };
  await tx.put('job', { ...job, steps: { total: 1, open: 1, failed: 0, aborted: 0 } });
  await tx.put('step', step);
  return { jobId: job.id, steps: [step.id] };
}

/** Steps whose turn has come. */
export async function startSteps(tx: Writer, engine: Clock, actor: Actor, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const step = await tx.get('step', id);
    if (step?.status !== 'waiting') continue;
    await tx.put('step', { ...step, status: 'started', detail: '', started: engine.now() });
    await touch(tx, engine, step.jobId);
    await noteStep(tx, engine, actor, step, 'PERSIST_HOST_SETUP_NETWORK_ON_HOST', 'is under way.');
  }
}

/** Steps that did not come about, and wait for another chance. */
export async function requeueSteps(tx: Writer, engine: Clock, ids: readonly string[], why: string): Promise<void> {
  for (const id of ids) {
    const step = await tx.get('step', id);
    if (step === undefined || !isOpen(step)) continue;
    await tx.put('step', { ...step, status: 'waiting', detail: why, started: null });
    await touch(tx, engine, step.jobId);
  }
}

/**
 * Ends those of the steps that are open, and the jobs whose last steps they were.
 * @returns how many were open
 */
export async function endSteps(
  tx: Writer,
  engine: Clock,
  actor: Actor,
  ids: readonly string[],
  status: 'finished' | 'failed' | 'aborted',
  detail: string,
): Promise<number> {
  let ended = 0;
  for (const id of ids) {
    const step = await tx.get('step', id);
    if (step === undefined || !isOpen(step)) continue;
    ended += 1;
    await tx.put('step', { ...step, status, detail, ended: engine.now() });
    await tx.remove('errand', id);
    if (step.follow !== null && status !== 'aborted') await noteEnd(tx, engine, actor, step, status, detail);
    await count(tx, engine, step.jobId, status, detail);
  }
  return ended;
}

export function isOpen({ status }: Step): boolean {
  return status === 'waiting' || status === 'started';
}

async function touch(tx: Writer, engine: Clock, jobId: string): Promise<void> {
  const job = await tx.get('job', jobId);
  if (job !== undefined) await tx.put('job', { ...job, updated: engine.now() });
}

async function count(
  tx: Writer,
  engine: Clock,
  jobId: string,
  status: 'finished' | 'failed' | 'aborted',
  detail: string,
): Promise<void> {
  const job = await tx.get('job', jobId);
  if (job === undefined) return;
  const steps = { ...job.steps, open: job.steps.open - 1 };
  if (status !== 'finished') steps[status] += 1;
  const now = engine.now();
  const last = steps.open === 0 && !job.external;
  const verdict = steps.failed > 0 ? 'failed' : steps.aborted > 0 ? 'aborted' : 'finished';
  const after: Job = {
    ...job,
    steps,
    updated: now,
    detail: job.rollout === null ? detail : tally(steps),
    ...(last ? { status: verdict, ended: now } : {}),
  };
  await tx.put('job', after);
  if (last && job.rollout !== null) await noteJobEnd(tx, engine, after, job.rollout);
}

function tally({ total, open, failed, aborted }: Job['steps']): string {
  const parts = [`${total - open - failed - aborted} of ${total} hosts done`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (aborted > 0) parts.push(`${aborted} not begun`);
  return `${parts.join(', ')}.`;
}

async function noteStep(
  tx: Writer,
  engine: Clock,
  actor: Actor,
  step: Step,
  event: EventName,
  text: string,
): Promise<void> {
  const host = step.hostId === null ? undefined : await tx.get('host', step.hostId);
  await note(tx, engine, actor, event, `${step.description} ${text}`, host === undefined ? {} : { host });
}

async function noteEnd(
  tx: Writer,
  engine: Clock,
  actor: Actor,
  step: Step,
  status: 'finished' | 'failed',
  detail: string,
): Promise<void> {
  const end = status === 'finished' ? 'FINISHED' : 'FAILED';
  const named = step.follow?.networks.length ?? 0;
  const event = `${named > 0 ? 'PERSIST_NETWORK_ON_HOST' : 'PERSIST_SETUP_NETWORK_ON_HOST'}_${end}` as const;
  const text = status === 'finished' ? 'has followed.' : `has not followed: ${detail}`;
  await noteStep(tx, engine, actor, step, event, text);
}

/** oVirt's name for how each kind of rollout ends well, and badly. */
const ends = {
  add: ['HOSTS_FOLLOWED', 'NETWORK_ADD_NETWORK_FAILED'],
  update: ['HOSTS_FOLLOWED', 'NETWORK_UPDATE_NETWORK_FAILED'],
  remove: ['HOSTS_FOLLOWED', 'NETWORK_REMOVE_NETWORK_FAILED'],
  cluster: ['HOSTS_FOLLOWED', 'HOSTS_FOLLOW_FAILED'],
  sync: ['CLUSTER_SYNC_ALL_NETWORKS_FINISHED', 'CLUSTER_SYNC_ALL_NETWORKS_FAILED'],
} as const satisfies Record<Rollout['cause'], readonly [EventName, EventName]>;

async function noteJobEnd(tx: Writer, engine: Clock, job: Job, rollout: Rollout): Promise<void> {
  const [well, badly] = ends[rollout.cause];
  const user = job.userId === null ? null : ((await tx.get('app_user', job.userId)) ?? null);
  const actor = { user, correlationId: job.correlationId };
  const about = {
    ...(rollout.clusterId === null ? {} : { clusterId: rollout.clusterId }),
    ...(rollout.dataCentreId === null ? {} : { dataCentreId: rollout.dataCentreId }),
  };
  await note(tx, engine, actor, job.status === 'finished' ? well : badly, `${job.description}: ${job.detail}`, about);
}
