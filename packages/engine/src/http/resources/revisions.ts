/** `/hosts/{h}/revisions`: every change that a host has kept, newest first, and the way back to any of them. */
import { revisionToWire, wholeRevisionToWire } from '../../mapping/revision.ts';
import type { Engine } from '../../operations/engine.ts';
import { revertTo } from '../../operations/revisions.ts';
import { notFound, Problem } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { act, get, list } from '../verbs.ts';
import { done, findHost } from './common.ts';
import { answerHostChange } from './host-change.ts';
import { actionOptions } from './setup-networks.ts';

export function revisions(engine: Engine): Route[] {
  const numbered = async (host: { id: string; name: string }, text: string) => {
    const found = /^\d{1,9}$/.test(text) ? await engine.store.revision(host.id, Number(text)) : undefined;
    return found ?? notFound(`revision of host ${host.name}`, text);
  };
  const find = async (request: ApiRequest) => {
    const host = await findHost(engine, request);
    return host instanceof Problem ? host : numbered(host, request.params['revision'] ?? '');
  };
  const path = '/hosts/:host/revisions';
  return [
    list(
      'host_revision',
      path,
      (request) => findHost(engine, request),
      async (host, { base, query }) => {
        const max = query.int('max');
        const found = await engine.store.revisions(host.id, max !== null && max >= 0 ? max : null);
        return found.map((head) => revisionToWire(base, head));
      },
    ),
    get('host_revision', `${path}/:revision`, find, async (revision, { base, query, params }) => {
      const asked = query.text('since');
      const host = { id: revision.host_id, name: params['host'] ?? '' };
      const since = asked === null || asked === '' ? null : await numbered(host, asked);
      return since instanceof Problem ? since : wholeRevisionToWire(base, revision, since);
    }),
    act(`${path}/:revision/revert`, find, (revision, body, request) => {
      const wanted = {
        hostId: revision.host_id,
        description: `Reverting to revision ${revision.number}`,
        build: revertTo(revision, actionOptions(body)),
      };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    }),
  ];
}
