/**
 * The six things that can be done at an address. Each first finds what the address names and reads the body, so that a
 * resource only says what is its own. What else there is to say of an operation is in wire's table of services.
 */
import type { ApiObject, TypeName } from '@patchbay/wire';
import { immutable, Problem } from '../problem.ts';
import { type Answer, type ApiRequest, collection, entity, type Handler, type Route, route } from './api.ts';

/** What the address names, or why there is no such thing. */
export type Find<F> = (request: ApiRequest) => Promise<F | Problem>;

/** The address of a collection at the top names nothing. */
export const top: Find<null> = () => Promise.resolve(null);

type Maybe<T> = T | Promise<T>;
type Act<F> = (found: F, request: ApiRequest) => Maybe<Answer | Problem>;
type ActWith<F, T extends TypeName> = (found: F, body: ApiObject<T>, request: ApiRequest) => Maybe<Answer | Problem>;

const found =
  <F>(find: Find<F>, then: Act<F>): Handler =>
  async (request) => {
    const what = await find(request);
    return what instanceof Problem ? what : then(what, request);
  };

const foundWith = <F, T extends TypeName>(find: Find<F>, type: T, then: ActWith<F, T>): Handler =>
  found(find, (what, request) => {
    const body = request.body(type);
    return body instanceof Problem ? body : then(what, body, request);
  });

/** GET of one entity. */
export function get<T extends TypeName, F>(
  type: T,
  path: string,
  find: Find<F>,
  show: (found: F, request: ApiRequest) => Maybe<ApiObject<T> | Problem>,
): Route {
  const handle = found(find, async (what, request) => {
    const shown = await show(what, request);
    return shown instanceof Problem ? shown : entity(type, shown);
  });
  return route('GET', path, type, handle);
}

/** GET of a collection. */
export function list<T extends TypeName, F>(
  type: T,
  path: string,
  find: Find<F>,
  items: (found: F, request: ApiRequest) => Maybe<ApiObject<T>[] | Problem>,
): Route {
  const handle = found(find, async (what, request) => {
    const shown = await items(what, request);
    return shown instanceof Problem ? shown : collection(type, shown);
  });
  return route('GET', path, type, handle);
}

/** POST to a collection. */
export function post<T extends TypeName, F>(type: T, path: string, find: Find<F>, add: ActWith<F, T>): Route {
  return route('POST', path, type, foundWith(find, type, add));
}

/** POST to a collection that answers as an action does, and not with what was added. */
export function postLikeAction<T extends TypeName, F>(type: T, path: string, find: Find<F>, add: ActWith<F, T>): Route {
  return route('POST', path, 'action', foundWith(find, type, add));
}

/** PUT: members that are sent replace, the others stay; so does the id, with which the address ends. */
export function put<T extends TypeName, F>(type: T, path: string, find: Find<F>, change: ActWith<F, T>): Route {
  const last = path.slice(path.lastIndexOf(':') + 1);
  const handle = foundWith<F, T>(find, type, (what, body, request) => {
    const { id } = body as { id?: string };
    return id !== undefined && id !== request.params[last] ? immutable('id') : change(what, body, request);
  });
  return route('PUT', path, type, handle);
}

/** DELETE. */
export function remove<F>(path: string, find: Find<F>, take: Act<F>): Route {
  return route('DELETE', path, 'action', found(find, take));
}

/** An action. */
export function act<F>(path: string, find: Find<F>, run: ActWith<F, 'action'>): Route {
  return route('POST', path, 'action', foundWith(find, 'action', run));
}
