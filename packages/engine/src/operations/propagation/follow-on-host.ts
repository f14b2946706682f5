/** One host's turn: everything it still has to follow, whatever job it is from, as one change. */
import { followDataCentre, followTogether } from '@patchbay/model';
import { Problem } from '../../problem.ts';
import type { Job, Step } from '../../store/index.ts';
import { changeHost } from '../change-host.ts';
import type { Actor, Engine } from '../engine.ts';
import { notCarriedOut } from '../jobs/not-carried-out.ts';

/** The longest time a timer can hold: a follow-up waits for its turn as long as it takes. */
const patience = 2 ** 31 - 1;

/** @returns how the step stands now: `waiting` when the host could not take its turn */
export async function followOnHost(engine: Engine, job: Job, { id, hostId }: Step): Promise<Step['status']> {
  if (hostId === null) return 'unknown';
  const actor = await actorOfJob(engine, job);
  let steps: Step[] = [];
  const result = await changeHost(
    engine,
    hostId,
    actor,
    job.description,
    async (state) => {
      steps = await outstanding(engine, hostId);
      return followDataCentre(state, followTogether(steps.flatMap((step) => step.follow ?? [])));
    },
    { patience, steps: () => steps.map((step) => step.id) },
  );
  if (result instanceof Problem) {
    const ids = steps.length === 0 ? [id] : steps.map((step) => step.id);
    await notCarriedOut(engine, actor, ids, result);
  }
  const after = await engine.store.get('step', id);
  // A host that does not answer has not followed.
  return after === undefined || after.status === 'started' ? 'failed' : after.status;
}

async function outstanding(engine: Engine, hostId: string): Promise<Step[]> {
  const errands = await engine.store.list('errand', hostId);
  const steps = await Promise.all(errands.map((errand) => engine.store.get('step', errand.id)));
  return steps.flatMap((step) => (step?.status === 'waiting' ? [step] : []));
}

export async function actorOfJob(engine: Engine, job: Job): Promise<Actor> {
  const user = job.userId === null ? undefined : await engine.store.get('app_user', job.userId);
  return { user: user ?? null, correlationId: job.correlationId };
}
