/** What a resource is written against: the request as it arrives, the answer as it leaves, and the table of routes. */
import { type Addressed, type ApiObject, decode, operationAt, type TypeName } from '@patchbay/wire';
import type { Session } from '../auth/index.ts';
import { fromFault, Problem } from '../problem.ts';
import type { Query } from './address.ts';
import type { Media } from './negotiate.ts';

export interface ApiRequest {
  /** What hrefs start with. */
  base: string;
  version: 3 | 4;
  /** Media type of the answer. */
  media: Media;
  params: Record<string, string>;
  query: Query;
  session: Session;
  correlationId: string;
  /** True when the client does not want to wait. */
  async: boolean;
  /** Whether members are wanted that cost more than the others. */
  allContent: boolean;
  /** Whether only what is the user's own is wanted; null leaves it to who the user is. */
  filter: boolean | null;
  /** What is loaded once and used by everything that one request reads, however many entities it follows. */
  once<T>(key: string, load: () => Promise<T>): Promise<T>;
  /** Decodes the body as that type. An action's body may be empty. */
  body<T extends TypeName>(type: T): ApiObject<T> | Problem;
}

/** One entity, or (with `items`) a collection of them. */
export type Answer =
  | { status?: number; type: TypeName; value: object; location?: string; headers?: Record<string, string> }
  | { status?: number; type: TypeName; items: object[] };

export type Handler = (request: ApiRequest) => Promise<Answer | Problem>;

/** An operation of the table of services, and who carries it out. */
export interface Route extends Addressed {
  handle: Handler;
  /** Fields by which the collection can be searched. */
  searchable?: readonly string[];
}

/** @throws when the table of services does not describe it so: what is served is said there first */
export function route(method: Route['method'], path: string, answers: TypeName, handle: Handler): Route {
  const described = operationAt(method, path);
  if (described?.answers !== answers) {
    const known = described === undefined ? 'nothing' : `an answer of ${described.answers}`;
    throw new Error(`${method} ${path} answers ${answers}, but wire/src/services/services.ts describes ${known}.`);
  }
  return { ...described, handle };
}

export function entity<T extends TypeName>(type: T, value: ApiObject<T>): Answer {
  return { type, value };
}

export function collection<T extends TypeName>(type: T, items: ApiObject<T>[]): Answer {
  return { type, items };
}

export function created<T extends TypeName>(type: T, value: ApiObject<T>): Answer {
  const href = (value as { href?: string }).href;
  return href === undefined ? { status: 201, type, value } : { status: 201, type, value, location: href };
}

/** @param media null when the body is of a type that is not understood */
export function decodeBody<T extends TypeName>(
  media: Media | null,
  bytes: Uint8Array,
  type: T,
): ApiObject<T> | Problem {
  if (media === null) {
    return new Problem(415, 'REQ-08', 'Unsupported Media Type', 'Send application/xml or application/json.');
  }
  const decoded = decode(media, bytes, type);
  return decoded.ok ? decoded.value : fromFault(decoded.fault);
}
