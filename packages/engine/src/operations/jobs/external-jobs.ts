/** Jobs that clients report, and what clients may do with the engine's own: end a rollout, clear what is over. */
import { conflict, notFound, type Problem } from '../../problem.ts';
import type { Job, Step } from '../../store/index.ts';
import type { Actor, Engine } from '../engine.ts';
import { endSteps, isOpen, newJob, newStep } from './jobs.ts';

export async function addJob(engine: Engine, actor: Actor, description: string, autoCleared: boolean): Promise<Job> {
  const job: Job = { ...newJob(engine, actor, description), external: true, autoCleared };
  await engine.store.write((tx) => tx.put('job', job));
  return job;
}

export async function addStep(
  engine: Engine,
  jobId: string,
  { type, description, parentId }: Pick<Step, 'type' | 'description' | 'parentId'>,
): Promise<Step | Problem> {
  return engine.store.write(async (tx) => {
    const job = await tx.get('job', jobId);
    if (job === undefined) return notFound('job', jobId);
    if (!job.external) return ours(job);
    if (job.status !== 'started') return over(job);
    const steps = await tx.list('step', jobId);
    if (parentId !== null && !steps.some((step) => step.id === parentId)) return notFound('step', parentId);
    const step: Step = { ...newStep(engine, job, steps.length + 1, description), external: true, type, parentId };
    const { total, open } = job.steps;
    await tx.put('step', step);
    await tx.put('job', { ...job, updated: engine.now(), steps: { ...job.steps, total: total + 1, open: open + 1 } });
    return step;
  });
}

export async function endStep(engine: Engine, actor: Actor, id: string, succeeded: boolean): Promise<Problem | null> {
  return engine.store.write(async (tx) => {
    const step = await tx.get('step', id);
    if (step === undefined) return notFound('step', id);
    if (!step.external) return conflict('JOB', `Step ${id} is the engine's own; it ends by itself.`);
    if (!isOpen(step)) return conflict('JOB', `Step ${id} has ended already: ${step.status}.`);
    await endSteps(tx, engine, actor, [id], succeeded ? 'finished' : 'failed', '');
    return null;
  });
}

/** A client's job ends with its open steps. Of the engine's own only a rollout can be ended, by force: nothing more is begun. */
export async function endJob(
  engine: Engine,
  actor: Actor,
  id: string,
  { succeeded, force }: { succeeded: boolean; force: boolean },
): Promise<Problem | null> {
  return engine.store.write(async (tx) => {
    const job = await tx.get('job', id);
    if (job === undefined) return notFound('job', id);
    if (job.status !== 'started') return over(job);
    const steps = await tx.list('step', id);
    if (!job.external) {
      if (job.rollout === null || !force) return ours(job);
      const waiting = steps.filter((step) => step.status === 'waiting').map((step) => step.id);
      await endSteps(tx, engine, actor, waiting, 'aborted', 'The job was ended.');
      return null;
    }
    const open = steps.filter(isOpen).map((step) => step.id);
    await endSteps(tx, engine, actor, open, succeeded ? 'finished' : 'failed', '');
    const [now, after] = [engine.now(), await tx.get('job', id)];
    const status = succeeded ? 'finished' : 'failed';
    if (after !== undefined) await tx.put('job', { ...after, status, ended: now, updated: now });
    return null;
  });
}

/** Forgets a job that is over, with its steps. */
export async function clearJob(engine: Engine, id: string): Promise<Problem | null> {
  return engine.store.write(async (tx) => {
    const job = await tx.get('job', id);
    if (job === undefined) return notFound('job', id);
    if (job.status === 'started' && !job.external) {
      return conflict('JOB', `Job ${job.description} is under way; it can be cleared when it has ended.`);
    }
    for (const step of await tx.list('step', id)) await tx.remove('step', step.id);
    await tx.remove('job', id);
    return null;
  });
}

function ours(job: Job): Problem {
  const how = job.rollout === null ? '' : ' End it by force to begin no more hosts.';
  return conflict('JOB', `Job ${job.description} is the engine's own; it ends by itself.${how}`);
}

function over(job: Job): Problem {
  return conflict('JOB', `Job ${job.description} has ended already: ${job.status}.`);
}
