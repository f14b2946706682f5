import type { Engine } from '../engine.ts';

const HOUR = 3_600_000;

/** How long jobs stay after their end: those that went well a day, all others a month. */
const kept = { finished: 24 * HOUR, others: 30 * 24 * HOUR } as const;

/** Forgets jobs that ended long ago, with their steps, except those a client wants to keep. */
export async function clearOldJobs(engine: Pick<Engine, 'store' | 'now'>): Promise<void> {
  const now = engine.now();
  const old = (await engine.store.list('job')).filter(({ autoCleared, ended, status }) => {
    return autoCleared && ended !== null && now - ended > (status === 'finished' ? kept.finished : kept.others);
  });
  for (const { id } of old) {
    await engine.store.write(async (tx) => {
      for (const step of await tx.list('step', id)) await tx.remove('step', step.id);
      await tx.remove('job', id);
    });
  }
}
