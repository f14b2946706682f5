/** For clients that do not want to wait: 202 at once, and a job that tells how it went (wire 5.2). */
import type { ChangeOptions } from '../../operations/change-host.ts';
import type { Engine } from '../../operations/engine.ts';
import { beginJob, endSteps } from '../../operations/jobs/jobs.ts';
import { notCarriedOut } from '../../operations/jobs/not-carried-out.ts';
import { Problem } from '../../problem.ts';
import type { Answer, ApiRequest } from '../api.ts';
import { actorOf } from './common.ts';

/**
 * @param description what the job is called
 * @param run is given the job's step to end when the client does not wait, and must not be refused later for what could be
 *   said at once
 */
export async function inItsOwnTime(
  engine: Engine,
  request: ApiRequest,
  description: string,
  hostId: string,
  run: (options: ChangeOptions) => Promise<Answer | Problem>,
): Promise<Answer | Problem> {
  if (!request.async) return run({});
  const actor = actorOf(request);
  const { jobId, steps } = await engine.store.write((tx) => beginJob(tx, engine, actor, description, hostId));
  const ended = run({ steps: () => steps }).then((outcome) =>
    engine.store.write(async (tx) => {
      if (outcome instanceof Problem) await notCarriedOut(tx, engine, actor, steps, outcome);
      else await endSteps(tx, engine, actor, steps, 'finished', '');
    }),
  );
  ended.catch((error: unknown) => engine.log.error({ err: error, jobId }, 'an action nobody waits for hit a defect'));
  const job = { id: jobId, href: `${request.base}/jobs/${jobId}` };
  return { status: 202, type: 'action', value: { job, status: 'in_progress' } };
}
