/** Small collections that clients read beside the networks: events, jobs, users, and those that are always empty. */
import { eventToWire, jobToWire } from '../../mapping/event.ts';
import type { Engine } from '../../operations/engine.ts';
import { incomplete, notFound, Problem } from '../../problem.ts';
import type { User } from '../../store/index.ts';
import { type ApiRequest, collection, created, entity, type Route } from '../api.ts';
import { searched } from '../search.ts';
import { done, findById } from './common.ts';

export function events(engine: Engine): Route[] {
  const { store } = engine;
  const find = async (request: ApiRequest) => {
    const id = request.params['event'] ?? '';
    const event = /^\d{1,15}$/.test(id) ? await store.event(Number(id)) : undefined;
    return event ?? notFound('event', id);
  };
  return [
    {
      method: 'GET',
      path: '/events',
      async handle(request) {
        const from = request.query.int('from') ?? 0;
        const found = searched(request, await store.events(from), (e) => ({
          ...e,
          name: e.description,
          message: e.description,
          type: e.code,
        }));
        return found instanceof Problem
          ? found
          : collection(
              'event',
              found.map((e) => eventToWire(request.base, e)),
            );
      },
    },
    {
      method: 'POST',
      path: '/events',
      async handle(request) {
        const body = request.body('event');
        if (body instanceof Problem) return body;
        const { origin, severity, custom_id: customId, description } = body;
        if (!origin) return incomplete('Event', 'origin', 'add');
        if (severity === undefined) return incomplete('Event', 'severity', 'add');
        if (customId === undefined) return incomplete('Event', 'customId', 'add');
        if (!description) return incomplete('Event', 'description', 'add');
        const event = {
          code: 9801,
          severity,
          time: engine.now(),
          description,
          correlation_id: request.correlationId,
          origin,
          custom_id: customId,
          host_id: body.host?.id ?? null,
          cluster_id: body.cluster?.id ?? null,
          data_centre_id: body.data_center?.id ?? null,
          user_id: request.session.user.id,
        };
        const id = await store.write((tx) => tx.addEvent(event));
        return created('event', eventToWire(request.base, { ...event, id }));
      },
    },
    {
      method: 'GET',
      path: '/events/:event',
      async handle(request) {
        const event = await find(request);
        return event instanceof Problem ? event : entity('event', eventToWire(request.base, event));
      },
    },
    {
      method: 'DELETE',
      path: '/events/:event',
      async handle(request) {
        const event = await find(request);
        if (event instanceof Problem) return event;
        await store.write((tx) => tx.removeEvent(event.id));
        return done(request.base);
      },
    },
  ];
}

export function jobs(engine: Engine): Route[] {
  return [
    {
      method: 'GET',
      path: '/jobs',
      async handle(request) {
        const found = (await engine.store.list('job')).sort((a, b) => b.started - a.started);
        return collection(
          'job',
          found.map((j) => jobToWire(request.base, j)),
        );
      },
    },
    {
      method: 'GET',
      path: '/jobs/:job',
      async handle(request) {
        const job = await findById(engine, 'job', request.params['job'], 'job');
        return job instanceof Problem ? job : entity('job', jobToWire(request.base, job));
      },
    },
    empty('/jobs/:job/steps', 'step'),
  ];
}

export function users(engine: Engine): Route[] {
  const show = (base: string, user: User) => {
    const [principal = user.name, domain = 'internal'] = user.name.split(/@(?=[^@]*$)/);
    return {
      id: user.id,
      href: `${base}/users/${user.id}`,
      name: principal,
      principal,
      user_name: `${user.name}-authz`,
      domain_entry_id: user.id,
      domain: { name: `${domain}-authz` },
    };
  };
  return [
    {
      method: 'GET',
      path: '/users',
      async handle(request) {
        const found = searched(request, await engine.store.list('app_user'), (u) => ({
          name: u.name,
          usrname: u.name,
        }));
        return found instanceof Problem
          ? found
          : collection(
              'user',
              found.map((u) => show(request.base, u)),
            );
      },
    },
    {
      method: 'GET',
      path: '/users/:user',
      async handle(request) {
        const user = await findById(engine, 'app_user', request.params['user'], 'user');
        return user instanceof Problem ? user : entity('user', show(request.base, user));
      },
    },
  ];
}

/** Collections that clients follow and that hold nothing here yet. */
export function emptyCollections(): Route[] {
  return [
    empty('/hosts/:host/permissions', 'permission'),
    empty('/hosts/:host/tags', 'tag'),
    empty('/hosts/:host/statistics', 'statistic'),
    empty('/hosts/:host/nics/:nic/statistics', 'statistic'),
    empty('/networks/:network/permissions', 'permission'),
    empty('/networks/:network/vnicprofiles', 'vnic_profile'),
    empty('/clusters/:cluster/permissions', 'permission'),
    empty('/clusters/:cluster/externalnetworkproviders', 'external_provider'),
  ];
}

function empty(
  path: string,
  type: 'permission' | 'tag' | 'statistic' | 'vnic_profile' | 'external_provider' | 'step',
): Route {
  return { method: 'GET', path, handle: () => Promise.resolve(collection(type, [])) };
}
