/** GET of a collection that can be searched. */
import type { ApiObject, TypeName } from '@patchbay/wire';
import type { Engine } from '../../operations/engine.ts';
import { Problem } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { list, top } from '../verbs.ts';
import { searched } from './search.ts';
import type { Table } from './table.ts';

/** @param all in the order in which they are answered when the search says none */
export function search<T extends TypeName, D>(
  engine: Engine,
  type: T,
  path: string,
  table: Table<D>,
  all: () => Promise<D[]>,
  show: (item: D, request: ApiRequest) => ApiObject<T> | Promise<ApiObject<T>>,
): Route {
  const route = list(type, path, top, async (_top, request) => {
    const found = await searched(engine, request, table, await all());
    return found instanceof Problem ? found : Promise.all(found.map((item) => show(item, request)));
  });
  return { ...route, searchable: Object.keys(table.fields) };
}
