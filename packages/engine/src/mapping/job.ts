import type { ApiObject } from '@patchbay/wire';
import type { Job, Step } from '../store/index.ts';
import { actions, links, reference } from './link.ts';

/** How a job stands beyond its status is told in its comment. */
export function jobToWire(base: string, job: Job): ApiObject<'job'> {
  const { href, id } = reference(base, 'jobs', job.id);
  return {
    href,
    id,
    ...actions(href, ['clear', 'end', ...(job.rollout === null ? [] : ['resume'])]),
    description: job.description,
    ...(job.detail === '' ? {} : { comment: job.detail }),
    link: links(href, ['steps']),
    auto_cleared: job.autoCleared,
    ...(job.ended === null ? {} : { end_time: job.ended }),
    external: job.external,
    last_updated: job.updated,
    start_time: job.started,
    status: job.status,
    ...(job.userId === null ? {} : { owner: reference(base, 'users', job.userId) }),
  };
}

/** A step that waits for its turn has no start time, and a status nobody can tell yet. */
export function stepToWire(base: string, step: Step): ApiObject<'step'> {
  const job = reference(base, 'jobs', step.jobId);
  const { href, id } = reference(job.href, 'steps', step.id);
  return {
    href,
    id,
    ...actions(href, step.external ? ['end'] : []),
    description: step.description,
    ...(step.detail === '' ? {} : { comment: step.detail }),
    ...(step.ended === null ? {} : { end_time: step.ended }),
    external: step.external,
    number: step.number,
    ...(step.started === null ? {} : { start_time: step.started }),
    status: step.status === 'waiting' ? 'unknown' : step.status,
    type: step.type,
    ...(step.hostId === null ? {} : { execution_host: reference(base, 'hosts', step.hostId) }),
    job,
    ...(step.parentId === null ? {} : { parent_step: reference(job.href, 'steps', step.parentId) }),
  };
}
