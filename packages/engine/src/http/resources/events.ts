/** `/events`: what happened, newest first (wire 5.12). */
import { eventToWire } from '../../mapping/event.ts';
import type { Engine } from '../../operations/engine.ts';
import { incomplete, notFound, Problem } from '../../problem.ts';
import { type ApiRequest, created, type Route } from '../api.ts';
import { eventFields, searchedEvents } from '../search/events.ts';
import { act, get, list, post, remove, top } from '../verbs.ts';
import { done } from './common.ts';

export function events(engine: Engine): Route[] {
  const { store } = engine;
  const find = async (request: ApiRequest) => {
    const id = request.params['event'] ?? '';
    const event = /^\d{1,15}$/.test(id) ? await store.event(Number(id)) : undefined;
    return event ?? notFound('event', id);
  };
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
