/** `/users`: who may sign in (wire 5.12). */
import type { Engine } from '../../operations/engine.ts';
import type { User } from '../../store/index.ts';
import type { ApiRequest, Route } from '../api.ts';
import { search } from '../search/route.ts';
import * as tables from '../search/tables.ts';
import { get } from '../verbs.ts';
import { findById } from './common.ts';

export function users(engine: Engine): Route[] {
  const find = (request: ApiRequest) => findById(engine, 'app_user', request.params['user'], 'user');
  return [
    search(
      engine,
      'user',
      '/users',
      tables.users,
      () => engine.store.list('app_user'),
      (user, { base }) => userToWire(base, user),
    ),
    get('user', '/users/:user', find, (user, { base }) => userToWire(base, user)),
  ];
}

function userToWire(base: string, user: User) {
  const [principal = user.name, domain = 'internal'] = user.name.split(/@(?=[^@]*$)/);
  return {
    href: `${base}/users/${user.id}`,
    id: user.id,
    name: principal,
    principal,
    user_name: `${user.name}-authz`,
    domain_entry_id: user.id,
    domain: { name: `${domain}-authz` },
  };
}
