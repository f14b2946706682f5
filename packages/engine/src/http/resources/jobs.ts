/** `/jobs`: operations and how far they have come, newest first (wire 5.12). */
import { jobToWire } from '../../mapping/event.ts';
import type { Engine } from '../../operations/engine.ts';
import type { ApiRequest, Route } from '../api.ts';
import { get, list, top } from '../verbs.ts';
import { findById } from './common.ts';

export function jobs(engine: Engine): Route[] {
  const find = (request: ApiRequest) => findById(engine, 'job', request.params['job'], 'job');
  return [
    list('job', '/jobs', top, async (_top, { base }) => {
      const found = (await engine.store.list('job')).sort((a, b) => b.started - a.started);
      return found.map((job) => jobToWire(base, job));
    }),
    get('job', '/jobs/:job', find, (job, { base }) => jobToWire(base, job)),
    list('step', '/jobs/:job/steps', find, () => []),
  ];
}
