import type { Engine } from '../engine.ts';
import type { PendingChange } from '../finish-change.ts';

/**
 * Jobs that were under way when the engine ended and that nobody carries on: how they went is not known. A change that has been
 * sent is not among them, since its host will say how it ended unless it was removed, nor is a rollout, which goes on.
 */
export async function forgetLostJobs(engine: Pick<Engine, 'store' | 'now'>): Promise<void> {
  await engine.store.write(async (tx) => {
    const sent: string[] = [];
    for (const task of await tx.runningTasks()) {
      if ((await tx.get('host', task.host_id)) === undefined) await tx.endTask(task.id, 'failed');
      else sent.push(...(JSON.parse(task.pending) as PendingChange).steps);
    }
    const now = engine.now();
    for (const job of await tx.list('job')) {
      if (job.status !== 'started' || job.external || job.rollout !== null) continue;
      const steps = await tx.list('step', job.id);
      if (steps.some((step) => sent.includes(step.id))) continue;
      for (const step of steps) {
        if (step.status === 'started') await tx.put('step', { ...step, status: 'unknown', ended: now });
      }
      const detail = 'The engine ended while it was under way.';
      await tx.put('job', { ...job, status: 'unknown', detail, ended: now, updated: now });
    }
  });
}
