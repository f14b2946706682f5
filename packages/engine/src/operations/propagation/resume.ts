import { conflict, notFound, type Problem } from '../../problem.ts';
import type { Actor, Engine } from '../engine.ts';
import { note } from '../note.ts';

/** Hosts that failed, or were not begun because another had, are tried again. */
export async function resumeJob(engine: Engine, actor: Actor, id: string): Promise<Problem | null> {
  return engine.store.write(async (tx) => {
    const job = await tx.get('job', id);
    if (job === undefined) return notFound('job', id);
    if (job.rollout === null) {
      return conflict('JOB', `Job ${job.description} cannot be resumed: it is no change that hosts follow.`);
    }
    const steps = await tx.list('step', id);
    const again = steps.filter((step) => step.status === 'failed' || step.status === 'aborted');
    const hosts = new Set((await tx.list('host')).map((host) => host.id));
    let open = 0;
    for (const step of again) {
      if (step.hostId === null || !hosts.has(step.hostId)) continue;
      await tx.put('step', { ...step, status: 'waiting', detail: '', started: null, ended: null });
      await tx.put('errand', { id: step.id, hostId: step.hostId });
      open += 1;
    }
    if (open === 0) return conflict('JOB', `Job ${job.description} has no host that could be tried again.`);
    const { total } = job.steps;
    const counts = { total, open: job.steps.open + open, failed: 0, aborted: again.length - open };
    await tx.put('job', { ...job, status: 'started', ended: null, updated: engine.now(), steps: counts });
    await note(tx, engine, actor, 'ROLLOUT_RESUMED', `${job.description}: ${open} hosts are tried again.`);
    tx.afterwards(() => engine.rollouts.wake(id));
    return null;
  });
}
