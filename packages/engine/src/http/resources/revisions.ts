/** `/hosts/{h}/revisions`: every change that a host has kept, newest first, and the way back to any of them. */
import { revisionToWire, wholeRevisionToWire } from '../../mapping/revision.ts';
import type { Engine } from '../../operations/engine.ts';
import { revertTo } from '../../operations/revisions.ts';
import { notFound, Problem } from '../../problem.ts';
import { type ApiRequest, collection, entity, type Route } from '../api.ts';
import { done, findHost } from './common.ts';
import { answerHostChange } from './host-change.ts';

export function revisions(engine: Engine): Route[] {
  const numbered = async (host: { id: string; name: string }, text: string) => {
    const found = /^\d{1,9}$/.test(text) ? await engine.store.revision(host.id, Number(text)) : undefined;
    return found ?? notFound(`revision of host ${host.name}`, text);
  };
  const find = async (request: ApiRequest) => {
    const host = await findHost(engine, request);
    return host instanceof Problem ? host : numbered(host, request.params['revision'] ?? '');
  };
  return [
    {
      method: 'GET',
      path: '/hosts/:host/revisions',
      async handle(request) {
        const host = await findHost(engine, request);
        if (host instanceof Problem) return host;
        const max = request.query.int('max');
        const found = await engine.store.revisions(host.id, max !== null && max >= 0 ? max : null);
        return collection(
          'host_revision',
          found.map((head) => revisionToWire(request.base, head)),
        );
      },
    },
    {
      method: 'GET',
      path: '/hosts/:host/revisions/:revision',
      async handle(request) {
        const host = await findHost(engine, request);
        if (host instanceof Problem) return host;
        const revision = await find(request);
        if (revision instanceof Problem) return revision;
        const asked = request.query.text('since');
        const since = asked === null || asked === '' ? null : await numbered(host, asked);
        if (since instanceof Problem) return since;
        return entity('host_revision', wholeRevisionToWire(request.base, revision, since));
      },
    },
    {
      method: 'POST',
      path: '/hosts/:host/revisions/:revision/revert',
      action: true,
      async handle(request) {
        const revision = await find(request);
        if (revision instanceof Problem) return revision;
        const body = request.body('action');
        if (body instanceof Problem) return body;
        const { check_connectivity: check, connectivity_timeout: timeout, commit_on_success: commit } = body;
        const options = {
          ...(check === undefined ? {} : { checkConnectivity: check }),
          ...(timeout === undefined ? {} : { connectivityTimeout: timeout }),
          ...(commit === undefined ? {} : { commitOnSuccess: commit }),
        };
        const wanted = {
          hostId: revision.host_id,
          description: `Reverting to revision ${revision.number}`,
          build: revertTo(revision, options),
        };
        return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
      },
    },
  ];
}
