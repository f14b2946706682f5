/** Which events are read: conditions that the database looks at itself, because there may be millions. */
import { type Expression, type ExpressionBuilder, type Kysely, type Selectable, type SqlBool, sql } from 'kysely';
import type { Database, EventRow } from './schema.ts';

export type StoredEvent = Omit<Selectable<EventRow>, 'deleted'>;

type Column = keyof EventRow;

export type EventFilter =
  | { all: EventFilter[] }
  | { any: EventFilter[] }
  | { not: EventFilter }
  | { column: Column; relation: '=' | '!=' | '<' | '>' | '<=' | '>='; value: string | number }
  /** `*` stands for any text. */
  | { column: Column; pattern: string; caseSensitive: boolean }
  | { column: Column; oneOf: readonly string[] };

export interface EventSelection {
  /** Only events with a greater id. */
  from?: number;
  where?: EventFilter | null;
  /** Dismissed events are left out unless this is true. */
  dismissedToo?: boolean;
  orderBy?: { column: Column; descending: boolean };
  limit?: number | null;
  offset?: number;
}

export function selectEvents(db: Kysely<Database>, selection: EventSelection) {
  const { from = 0, where = null, dismissedToo = false, orderBy, limit = null, offset = 0 } = selection;
  let query = db.selectFrom('event').selectAll().where('id', '>', from);
  if (!dismissedToo) query = query.where('deleted', '=', 0);
  if (where !== null) query = query.where((eb) => condition(eb, where));
  if (orderBy !== undefined) query = query.orderBy(orderBy.column, orderBy.descending ? 'desc' : 'asc');
  query = query.orderBy('id', 'desc');
  if (limit !== null) query = query.limit(limit);
  return offset > 0 ? query.limit(limit ?? -1).offset(offset) : query;
}

type Builder = ExpressionBuilder<Database, 'event'>;

function condition(eb: Builder, filter: EventFilter): Expression<SqlBool> {
  if ('all' in filter) return eb.and(filter.all.map((part) => condition(eb, part)));
  if ('any' in filter) return eb.or(filter.any.map((part) => condition(eb, part)));
  // What is absent is not equal to anything, and its opposite has to be true.
  if ('not' in filter) return eb.not(eb.fn.coalesce(condition(eb, filter.not), sql<SqlBool>`false`));
  // As one value: a statement takes only so many.
  if ('oneOf' in filter) {
    return sql<SqlBool>`${eb.ref(filter.column)} in (select value from json_each(${JSON.stringify(filter.oneOf)}))`;
  }
  if ('pattern' in filter) return like(eb, filter.column, filter.pattern, filter.caseSensitive);
  return eb(filter.column, filter.relation, filter.value);
}

function like(eb: Builder, column: Column, pattern: string, caseSensitive: boolean): Expression<SqlBool> {
  // SQLite's LIKE knows no case, its GLOB does.
  if (caseSensitive) return sql<SqlBool>`${eb.ref(column)} glob ${pattern.replace(/[[?]/g, '[$&]')}`;
  const escaped = pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
  return sql<SqlBool>`${eb.ref(column)} like ${escaped} escape '\\'`;
}
