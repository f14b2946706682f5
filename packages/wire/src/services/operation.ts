/** The words in which the services of the API are described: what can be done at an address, with what, and for what. */
import type { TypeName } from '../types/index.ts';
import type { ParameterName } from './parameters.ts';

/** One thing that can be done at an address. */
export interface Operation<
  M extends 'GET' | 'POST' | 'PUT' | 'DELETE' = 'GET' | 'POST' | 'PUT' | 'DELETE',
  B extends TypeName | undefined = TypeName | undefined,
  A extends TypeName = TypeName,
  Many extends boolean = boolean,
  P extends ParameterName = ParameterName,
> {
  readonly method: M;
  /** Type of the body; undefined when there is none. */
  readonly accepts: B;
  readonly answers: A;
  /** Whether the answer is a collection. */
  readonly many: Many;
  readonly parameters: readonly P[];
  /** Whether its failure is told inside an `action` document. */
  readonly failsInside: boolean;
  /** What it does, where method and types do not tell. */
  readonly doc: string | undefined;
}

type Reading = 'follow' | 'detail' | 'all_content';
type Changing = 'correlation_id';

const reading = ['follow', 'detail', 'all_content'] as const;
const changing = ['correlation_id'] as const;
const plain = { failsInside: false, doc: undefined } as const;

/** GET of one entity. @param more what it takes beside what all of its kind take */
export function get<T extends TypeName, P extends ParameterName = never>(
  type: T,
  ...more: readonly P[]
): Operation<'GET', undefined, T, false, Reading | P> {
  return { ...plain, method: 'GET', accepts: undefined, answers: type, many: false, parameters: [...reading, ...more] };
}

/** GET of a collection. */
export function list<T extends TypeName, P extends ParameterName = never>(
  type: T,
  ...more: readonly P[]
): Operation<'GET', undefined, T, true, Reading | 'max' | P> {
  return { ...get<T, 'max' | P>(type, 'max', ...more), many: true };
}

/** POST to a collection. */
export function add<T extends TypeName, P extends ParameterName = never>(
  type: T,
  ...more: readonly P[]
): Operation<'POST', T, T, false, Changing | P> {
  return { ...plain, method: 'POST', accepts: type, answers: type, many: false, parameters: [...changing, ...more] };
}

/** POST to a collection that answers as an action does, and not with what was added. */
export function addLikeAction<T extends TypeName, P extends ParameterName = never>(
  type: T,
  ...more: readonly P[]
): Operation<'POST', T, 'action', false, Changing | P> {
  return { ...add(type, ...more), answers: 'action' };
}

/** PUT: members that are sent replace, the others stay. */
export function update<T extends TypeName, P extends ParameterName = never>(
  type: T,
  ...more: readonly P[]
): Operation<'PUT', T, T, false, Changing | P> {
  return { ...add(type, ...more), method: 'PUT' };
}

/** DELETE. */
export function remove<P extends ParameterName = never>(
  ...more: readonly P[]
): Operation<'DELETE', undefined, 'action', false, Changing | P> {
  return { ...add('action', ...more), method: 'DELETE', accepts: undefined };
}

/** POST of an action. */
export function act<P extends ParameterName = never>(
  doc: string,
  ...more: readonly P[]
): Operation<'POST', 'action', 'action', false, Changing | P> {
  return { ...add('action', ...more), failsInside: true, doc };
}

/** An action that fails like an update. */
export function actLikeUpdate<P extends ParameterName = never>(
  doc: string,
  ...more: readonly P[]
): Operation<'POST', 'action', 'action', false, Changing | P> {
  return { ...add('action', ...more), doc };
}

/** What makes a collection searchable. */
export const searching = ['search', 'case_sensitive'] as const;

/** How a change of the data centre reaches the hosts. */
export const rollout = ['propagate', 'wave_width', 'stop_on_failure'] as const;

/** Asks a host, which may refuse or not answer. */
export const atHost = ['async'] as const;

/** Changes the networks of a host. An action has the other options of the change in its body. */
export const hostAction = ['async', 'preview', 'rehearse'] as const;
export const hostChange = [
  ...hostAction,
  ...(['check_connectivity', 'connectivity_timeout', 'commit_on_success'] as const),
] as const;
