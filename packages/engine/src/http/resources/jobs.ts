/** `/jobs` and their steps: the engine's own, and those that clients report; newest first (wire 5.12). */
import { jobToWire, stepToWire } from '../../mapping/job.ts';
import type { Engine } from '../../operations/engine.ts';
import { addJob, addStep, clearJob, endJob, endStep } from '../../operations/jobs/external-jobs.ts';
import { resumeJob } from '../../operations/propagation/resume.ts';
import { incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, created, type Route } from '../api.ts';
import { search } from '../search/route.ts';
import * as tables from '../search/tables.ts';
import { act, get, list, post, top } from '../verbs.ts';
import { actorOf, done, findById } from './common.ts';

export function jobs(engine: Engine): Route[] {
  const { store } = engine;
  const find = (request: ApiRequest) => findById(engine, 'job', request.params['job'], 'job');
  const newestFirst = async () => (await store.list('job')).sort((a, b) => b.started - a.started);
  const findStep = async (request: ApiRequest) => {
    const step = await findById(engine, 'step', request.params['step'], 'step');
    return step instanceof Problem || step.jobId === request.params['job'] ? step : notFound('step', step.id);
  };
  return [
    search(engine, 'job', '/jobs', tables.jobs, newestFirst, (job, { base }) => jobToWire(base, job)),
    post('job', '/jobs', top, async (_top, { description, auto_cleared }, request) => {
      if (!description) return incomplete('Job', 'description', 'add');
      const job = await addJob(engine, actorOf(request), description, auto_cleared ?? true);
      return created('job', jobToWire(request.base, job));
    }),
    get('job', '/jobs/:job', find, (job, { base }) => jobToWire(base, job)),
    act('/jobs/:job/end', find, async ({ id }, { succeeded = true, force = false }, request) => {
      return (await endJob(engine, actorOf(request), id, { succeeded, force })) ?? done(request.base);
    }),
    act('/jobs/:job/clear', find, async ({ id }, _body, request) => {
      return (await clearJob(engine, id)) ?? done(request.base);
    }),
    act('/jobs/:job/resume', find, async ({ id }, _body, request) => {
      return (await resumeJob(engine, actorOf(request), id)) ?? done(request.base, id);
    }),
    list('step', '/jobs/:job/steps', find, async ({ id }, { base }) => {
      return (await store.list('step', id)).map((step) => stepToWire(base, step));
    }),
    post('step', '/jobs/:job/steps', find, async (job, { type, description, parent_step: parent }, request) => {
      if (type === undefined) return incomplete('Step', 'type', 'add');
      if (!description) return incomplete('Step', 'description', 'add');
      const step = await addStep(engine, job.id, { type, description, parentId: parent?.id ?? null });
      return step instanceof Problem ? step : created('step', stepToWire(request.base, step));
    }),
    get('step', '/jobs/:job/steps/:step', findStep, (step, { base }) => stepToWire(base, step)),
    act('/jobs/:job/steps/:step/end', findStep, async ({ id }, { succeeded = true }, request) => {
      return (await endStep(engine, actorOf(request), id, succeeded)) ?? done(request.base);
    }),
  ];
}
