/** One host's turn: everything it still has to follow, whatever job it is from, as one change. */
import { followDataCentre, followTogether } from '@patchbay/model';
import { Problem } from '../../problem.ts';
import type { Job, Step } from '../../store/index.ts';
import { changeHost } from '../change-host.ts';
import type { Actor, Engine } from '../engine.ts';
import { noAnswer, notCarriedOut } from '../jobs/not-carried-out.ts';

/** The longest time a timer can hold: a follow-up waits for its turn as long as it takes. */
const patience = 2 ** 31 - 1;

/** A step whose turn has come, or may have. */
export type Turn = Pick<Step, 'id' | 'hostId'>;

/** @returns how the step stands now: `waiting` when the host could not take its turn */
export async function followOnHost(engine: Engine, job: Job, { id, hostId }: Turn): Promise<Step['status']> {
  if (hostId === null) return 'unknown';
  const actor = await actorOfJob(engine, job);
  let steps: Step[] = [];
  const ids = () => (steps.length === 0 ? [id] : steps.map((step) => step.id));
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
  ).catch((error: unknown) => {
    engine.log.error({ err: error, hostId, jobId: job.id }, 'a host that follows hit a defect');
    return defect(engine, hostId, ids(), error);
  });
  if (result instanceof Problem) {
    await engine.store.write((tx) => notCarriedOut(tx, engine, actor, ids(), result));
  }
  const after = await engine.store.get('step', id);
  // A host that does not answer has not followed.
  return after === undefined || after.status === 'started' ? 'failed' : after.status;
}

/** What nobody foresaw ends the turn of this host alone. */
async function defect(engine: Engine, hostId: string, [id = '']: string[], error: unknown): Promise<Problem> {
  const text = `The engine hit a defect: ${error instanceof Error ? error.message : String(error)}`;
  const sent = (await engine.store.get('step', id))?.status === 'started';
  if (!sent) return new Problem(500, 'DEFECT', 'Operation Failed', text);
  // Over its next link the host is asked how the change ended, and with it the steps do.
  engine.hosts.drop(hostId);
  return new Problem(504, noAnswer, 'Operation Failed', text);
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
