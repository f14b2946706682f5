/** The root document: what is served here and who is signed in (wire 5.1). */
import type { Engine } from '../../operations/engine.ts';
import { entity, type Route } from '../api.ts';

const collections = ['clusters', 'datacenters', 'events', 'hosts', 'jobs', 'networks', 'users'];
const searchable = ['clusters', 'datacenters', 'events', 'hosts', 'networks'];
const blank = '00000000-0000-0000-0000-000000000000';

export function apiRoot(engine: Engine, instanceId: string): Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      answers: 'api',
      async handle({ base, session }) {
        const hosts = await engine.store.list('host');
        const link = collections.flatMap((rel) => [
          { href: `${base}/${rel}`, rel },
          ...(searchable.includes(rel) ? [{ href: searchHref(base, rel), rel: `${rel}/search` }] : []),
        ]);
        const user = { id: session.user.id, href: `${base}/users/${session.user.id}` };
        const answer = entity('api', {
          link,
          product_info: {
            instance_id: instanceId,
            name: 'Patchbay',
            vendor: 'Patchbay',
            // Clients choose features by this number: it is the API's version, not ours.
            version: { build: 8, full_version: '4.5.8-1', major: 4, minor: 5, revision: 0 },
          },
          special_objects: {
            root_tag: { id: blank, href: `${base}/tags/${blank}` },
          },
          summary: {
            hosts: { active: hosts.filter((h) => h.status === 'up').length, total: hosts.length },
            storage_domains: { active: 0, total: 0 },
            users: { active: 1, total: 1 },
            vms: { active: 0, total: 0 },
          },
          time: engine.now(),
          authenticated_user: user,
          effective_user: user,
        });
        return { ...answer, headers: { Link: link.map((l) => `<${l.href}>; rel=${l.rel}`).join(',') } };
      },
    },
  ];
}

function searchHref(base: string, rel: string): string {
  return rel === 'events' ? `${base}/events;from={event_id}?search={query}` : `${base}/${rel}?search={query}`;
}
