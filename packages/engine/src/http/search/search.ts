/** Answers `search`, `case_sensitive` and `max` over a collection that is read whole. */
import type { Engine } from '../../operations/engine.ts';
import { invalid, type Problem } from '../../problem.ts';
import type { ApiRequest } from '../api.ts';
import { parseSearch, type Search, SearchMistake } from './expression.ts';
import { Lists } from './lists.ts';
import { type Circumstances, compile, findField, type Table } from './table.ts';
import { compareValues } from './value.ts';

/** Members of a page when the request has no `max`. */
export const pageSize = 100;

/** @returns null when there is nothing to search for */
export function searchOf(request: ApiRequest): Search | SearchMistake | null {
  const text = request.query.text('search');
  return text === null || text.trim() === '' ? null : parseSearch(text);
}

export function circumstances(request: ApiRequest, engine: Engine): Circumstances {
  return { caseSensitive: request.query.flag('case_sensitive') ?? false, now: engine.now() };
}

/** Names the place, counted from 1. */
export function refuse(request: ApiRequest, { at, message }: SearchMistake): Problem {
  const text = request.query.text('search') ?? '';
  return invalid(
    'SEARCH',
    `The search expression is not understood at character ${at + 1}: ${message}. It reads: ${text}`,
  );
}

/** @param items in the order in which they are answered when the search says none */
export async function searched<T>(
  engine: Engine,
  request: ApiRequest,
  table: Table<T>,
  items: readonly T[],
): Promise<T[] | Problem> {
  const search = searchOf(request);
  if (search === null) return [...items];
  if (search instanceof SearchMistake) return refuse(request, search);
  const { criteria, sortBy, page } = search;
  const test = criteria === null ? null : compile(table, criteria, circumstances(request, engine));
  if (test instanceof SearchMistake) return refuse(request, test);
  const order = sortBy === null ? null : findField(table, sortBy.field, sortBy.at);
  if (order instanceof SearchMistake) return refuse(request, order);
  const lists = await Lists.read(engine.store, [...(test?.needs ?? []), ...(order?.needs ?? [])]);
  const found = items.filter((item) => test?.matches(item, lists) ?? true);
  if (order !== null) {
    const direction = sortBy?.descending ? -1 : 1;
    found.sort((a, b) => direction * compareValues(order.of(a, lists)[0], order.of(b, lists)[0]));
  }
  const size = request.query.int('max') ?? pageSize;
  return page === null ? found : found.slice((page - 1) * size, page * size);
}
