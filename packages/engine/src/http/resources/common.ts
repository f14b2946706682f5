/** What resources share: finding the thing in the address, and what a DELETE answers. */
import type { Host, HostState, Nic } from '@patchbay/model';
import type { Engine } from '../../operations/engine.ts';
import { loadHost } from '../../operations/load-host.ts';
import type { RolloutOptions } from '../../operations/propagation/propagate.ts';
import { conflict, notFound, type Problem } from '../../problem.ts';
import type { Document, DocumentKind } from '../../store/index.ts';
import type { Answer, ApiRequest } from '../api.ts';

export async function findById<K extends DocumentKind>(
  engine: Engine,
  kind: K,
  id: string | undefined,
  name: string,
): Promise<Document<K> | Problem> {
  const found = id === undefined ? undefined : await engine.store.get(kind, id);
  return found ?? notFound(name, id ?? '');
}

export async function findHost(engine: Engine, request: ApiRequest): Promise<Host | Problem> {
  return findById(engine, 'host', request.params['host'], 'host');
}

export async function findState(engine: Engine, request: ApiRequest): Promise<HostState | Problem> {
  const id = request.params['host'] ?? '';
  const state = await request.once(`state of ${id}`, () => loadHost(engine.store, id));
  return state ?? notFound('host', id);
}

/** A nic of the host in the address. */
export function findNic(state: HostState, request: ApiRequest): Nic | Problem {
  const id = request.params['nic'] ?? '';
  return state.nics.find((nic) => nic.id === id) ?? notFound(`nic on host ${state.host.name}`, id);
}

/** DELETE and actions answer exactly 200 with a document that is never empty (wire 0). */
export function done(base: string, jobId: string | null = null): Answer {
  const job = jobId === null ? {} : { job: { id: jobId, href: `${base}/jobs/${jobId}` } };
  return { type: 'action', value: { ...job, status: 'complete' } };
}

export function actorOf(request: ApiRequest) {
  return { user: request.session.user, correlationId: request.correlationId };
}

/** The first entity that a link names: by id, or by name among `all`. */
export function resolve<D extends { id: string; name: string }>(
  all: readonly D[],
  link: { id?: string | undefined; name?: string | undefined } | undefined,
): D | undefined {
  if (link?.id !== undefined) return all.find((d) => d.id === link.id);
  return link?.name === undefined ? undefined : all.find((d) => d.name === link.name);
}

/** What every entity has of its own to say; what was not sent stays. */
export function described(body: {
  name?: string | undefined;
  description?: string | undefined;
  comment?: string | undefined;
}) {
  return {
    ...(body.name === undefined || body.name === '' ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.comment === undefined ? {} : { comment: body.comment }),
  };
}

/** For the audit log: found by the name it had, and by that which it has. */
export function updated(kind: string, before: { name: string }, after: { name: string }): string {
  return `${kind} ${before.name} was updated${after.name === before.name ? '' : `; it is called ${after.name} now`}.`;
}

export function nameTaken(kind: string, name: string): Problem {
  return conflict('NAME', `There is a ${kind} named ${name} already; choose another name.`);
}

/** How a change of the data centre reaches the hosts; query parameters of ours. */
export function rolloutOptions({ query }: ApiRequest): RolloutOptions {
  const [propagate, width, stop] = [query.flag('propagate'), query.int('wave_width'), query.flag('stop_on_failure')];
  return {
    ...(propagate === null ? {} : { propagate }),
    ...(width === null || width < 1 ? {} : { width }),
    ...(stop === null ? {} : { stopOnFailure: stop }),
  };
}

/** The answer with the address of the job that hosts follow it by: a header of ours, since entities have no place for it. */
export function followedBy(base: string, jobId: string | null, answer: Answer): Answer {
  if (jobId === null || 'items' in answer) return answer;
  return { ...answer, headers: { ...answer.headers, 'Patchbay-Job': `${base}/jobs/${jobId}` } };
}
