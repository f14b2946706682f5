/** `/permissions`: the role of each user, on everything; nothing below has permissions of its own. */

import { roleId } from '../../mapping/constants.ts';
import { idOf } from '../../mapping/statistic.ts';
import type { Engine } from '../../operations/engine.ts';
import type { Route } from '../api.ts';
import { list, top } from '../verbs.ts';

export function permissions(engine: Engine): Route[] {
  return [
    list('permission', '/permissions', top, async (_top, { base }) => {
      const users = await engine.store.list('app_user');
      return users.map(({ id, role }) => ({
        id: idOf(`permission of ${id}`),
        role: { id: roleId(role), href: `${base}/roles/${roleId(role)}` },
        user: { id, href: `${base}/users/${id}` },
      }));
    }),
  ];
}
