/** Where the operations are: the table of services as a list with paths. */
import type { Operation } from './operation.ts';
import { type Service, services } from './services.ts';

export interface Addressed extends Operation {
  /** Below the base, such as `/hosts/:host/nics`. */
  readonly path: string;
}

/** Operations of a collection or an entity as a whole. */
const ownAddress: readonly string[] = ['list', 'add', 'get', 'update', 'remove'];

/** The segment below a service at which the operation or service of that name is; empty for its own address. */
export const segmentOf = (name: string): string => (ownAddress.includes(name) ? '' : `/${name.toLowerCase()}`);

export const isOperation = (part: Operation | Service): part is Operation => 'method' in part;

function within(service: Service, path: string): Addressed[] {
  return Object.entries(service).flatMap(([name, part]): Addressed[] => {
    if (typeof part === 'string') return [];
    if (isOperation(part)) return [{ ...part, path: path + segmentOf(name) || '/' }];
    return within(part, name === 'id' ? `${path}/:${part['parameter']}` : path + segmentOf(name));
  });
}

/** Every operation of the API. */
export const operations: readonly Addressed[] = within(services, '');

const byAddress = new Map(operations.map((one) => [`${one.method} ${one.path}`, one]));

/** @param path as in the table, `/hosts/:host/nics` */
export const operationAt = (method: Operation['method'], path: string): Addressed | undefined =>
  byAddress.get(`${method} ${path}`);
