/** `/events`: what happened, newest first (wire 5.12). */
import { eventKind } from '../../events/catalogue.ts';
import { eventToWire } from '../../mapping/event.ts';
import type { Engine } from '../../operations/engine.ts';
import { incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, created, type Route } from '../api.ts';
import { eventFields, searchedEvents } from '../search/events.ts';
import { act, get, list, post, remove, top } from '../verbs.ts';
import { done, resolve } from './common.ts';

type Link = Parameters<typeof resolve>[1];

/** What an event that a client reports is called, by its severity. */
const reported = {
  normal: 'EXTERNAL_EVENT_NORMAL',
  warning: 'EXTERNAL_EVENT_WARNING',
  error: 'EXTERNAL_EVENT_ERROR',
  alert: 'EXTERNAL_ALERT',
} as const;

export function events(engine: Engine): Route[] {
  const { store } = engine;
  const find = async (request: ApiRequest) => {
    const id = request.params['event'] ?? '';
    const event = /^\d{1,15}$/.test(id) ? await store.event(Number(id)) : undefined;
    return event ?? notFound('event', id);
  };
  /** Id of what the event is said to concern. */
  const subject = async (kind: 'host' | 'cluster' | 'data_centre', name: string, link: Link | undefined) =>
    link === undefined
      ? null
      : (resolve<{ id: string; name: string }>(await store.list(kind), link)?.id ??
        notFound(name, link.id ?? link.name ?? ''));
  return [
    {
      ...list('event', '/events', top, async (_top, request) => {
        const found = await searchedEvents(engine, request);
        return found instanceof Problem ? found : found.map((event) => eventToWire(request.base, event));
      }),
      searchable: eventFields,
    },
    post('event', '/events', top, async (_top, body, request) => {
      const { origin, severity, custom_id: customId, description } = body;
      if (!origin) return incomplete('Event', 'origin', 'add');
      if (severity === undefined) return incomplete('Event', 'severity', 'add');
      if (customId === undefined) return incomplete('Event', 'customId', 'add');
      if (!description) return incomplete('Event', 'description', 'add');
      const host = await subject('host', 'host', body.host);
      if (host instanceof Problem) return host;
      const cluster = await subject('cluster', 'cluster', body.cluster);
      if (cluster instanceof Problem) return cluster;
      const dataCentre = await subject('data_centre', 'data centre', body.data_center);
      if (dataCentre instanceof Problem) return dataCentre;
      const event = {
        ...eventKind(reported[severity]),
        time: body.time ?? engine.now(),
        description,
        correlation_id: request.correlationId,
        origin,
        custom_id: customId,
        custom_data: body.custom_data ?? null,
        flood_rate: body.flood_rate ?? 30,
        host_id: host,
        cluster_id: cluster,
        data_centre_id: dataCentre,
        user_id: request.session.user.id,
      };
      const id = await store.write((tx) => tx.addEvent(event));
      return created('event', eventToWire(request.base, { ...event, id }));
    }),
    get('event', '/events/:event', find, (event, { base }) => eventToWire(base, event)),
    remove('/events/:event', find, async (event, { base }) => {
      await store.write((tx) => tx.dismissEvent(event.id));
      return done(base);
    }),
    act('/events/undelete', top, async (_top, _body, { base }) => {
      await store.write((tx) => tx.bringBackEvents());
      return done(base);
    }),
  ];
}
