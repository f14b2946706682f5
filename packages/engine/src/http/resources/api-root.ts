/** The root document: what is served here and who is signed in (wire 5.1). */
import type { Engine } from '../../operations/engine.ts';
import { entity, type Route, route } from '../api.ts';

const blank = '00000000-0000-0000-0000-000000000000';

/** @param others all other routes: what they serve at the top is linked here */
export function apiRoot(engine: Engine, instanceId: string, others: readonly Route[]): Route[] {
  const collections = others.filter(({ many, path }) => many && /^\/[a-z]+$/.test(path));
  return [
    route('GET', '/', 'api', async ({ base, session, filter }) => {
      const hosts = await engine.store.list('host');
      const users = (await engine.store.list('app_user')).length;
      // Who sees only what is his own is not told how much there is.
      const filtered = filter ?? session.user.role !== 'administrator';
      const link = collections.flatMap(({ path, searchable }) => {
        const rel = path.slice(1);
        const search = searchable === undefined ? [] : [{ href: searchHref(base, rel), rel: `${rel}/search` }];
        return [{ href: `${base}/${rel}`, rel }, ...search];
      });
      link.push({ href: `${base}/openapi.json`, rel: 'openapi' });
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
        ...(filtered
          ? {}
          : {
              summary: {
                hosts: { active: hosts.filter((h) => h.status === 'up').length, total: hosts.length },
                storage_domains: { active: 0, total: 0 },
                users: { active: users, total: users },
                vms: { active: 0, total: 0 },
              },
            }),
        time: engine.now(),
        authenticated_user: user,
        effective_user: user,
      });
      return {
        ...answer,
        headers: {
          Link: link
            .map((l) => `<${l.href}>; rel=${l.rel}`)
            .sort()
            .join(','),
        },
      };
    }),
  ];
}

function searchHref(base: string, rel: string): string {
  return rel === 'events' ? `${base}/events;from={event_id}?search={query}` : `${base}/${rel}?search={query}`;
}
