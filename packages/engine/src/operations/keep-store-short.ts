/** What nobody asks for any more leaves the store, so that it does not grow for ever. */
import { isOver } from '../auth/index.ts';
import type { Engine } from './engine.ts';
import { clearOldJobs } from './jobs/clear-old-jobs.ts';

const HOUR = 3_600_000;

/** As long as oVirt keeps its events, and jobs stay that did not go well. */
const kept = 30 * 24 * HOUR;

/** So many rows go at once: whoever waits for the store meanwhile has his turn in between. */
const portion = 1000;

type Parts = Pick<Engine, 'store' | 'now'>;

/** Forgets old jobs, events and ended tasks, and tokens with which nobody can sign in or join. */
export async function clearOld(engine: Parts): Promise<void> {
  const { store, now } = engine;
  await clearOldJobs(engine);
  const before = now() - kept;
  while ((await store.write((tx) => tx.forgetEvents(before, portion))) === portion);
  await store.write(async (tx) => {
    await tx.forgetEndedTasks(before);
    for (const token of await tx.list('token')) if (isOver(token, now())) await tx.remove('token', token.id);
    for (const { id, expires } of await tx.list('join_token')) if (expires < now()) await tx.remove('join_token', id);
  });
}

/** Does so now and every hour. @returns how to end it */
export function keepStoreShort(engine: Parts & Pick<Engine, 'log'>): () => void {
  const clear = () =>
    void clearOld(engine).catch((error: unknown) =>
      engine.log.error({ err: error }, 'the store could not be cleared of what is old'),
    );
  clear();
  const timer = setInterval(clear, HOUR);
  timer.unref();
  return () => clearInterval(timer);
}
