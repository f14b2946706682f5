/** Searching events: the same language, turned into what the database looks for. Related objects become their ids. */
import type { Engine } from '../../operations/engine.ts';
import type { Problem } from '../../problem.ts';
import type { DocumentKind, EventFilter, StoredEvent } from '../../store/index.ts';
import type { ApiRequest } from '../api.ts';
import { type Condition, type Criteria, SearchMistake } from './expression.ts';
import { Lists } from './lists.ts';
import { own } from './own.ts';
import { circumstances, pageSize, refuse, searchOf } from './search.ts';
import { type Circumstances, compile, type Table } from './table.ts';
import { clusters, dataCentres, hosts, users } from './tables.ts';
import { type Kind, operandOf, severitiesBy } from './value.ts';

type Column = keyof StoredEvent | 'deleted';

const columns: Readonly<Record<string, { kind: Kind; column: Column }>> = {
  id: { kind: 'number', column: 'id' },
  type: { kind: 'number', column: 'code' },
  severity: { kind: 'severity', column: 'severity' },
  message: { kind: 'text', column: 'description' },
  time: { kind: 'time', column: 'time' },
  correlation_id: { kind: 'text', column: 'correlation_id' },
  origin: { kind: 'text', column: 'origin' },
  custom_event_id: { kind: 'number', column: 'custom_id' },
  deleted: { kind: 'boolean', column: 'deleted' },
};

interface Related {
  column: Column;
  kind: DocumentKind;
  table: Table<never>;
}

const host: Related = { column: 'host_id', kind: 'host', table: hosts };
const cluster: Related = { column: 'cluster_id', kind: 'cluster', table: clusters };
const dataCentre: Related = { column: 'data_centre_id', kind: 'data_centre', table: dataCentres };
const user: Related = { column: 'user_id', kind: 'app_user', table: users };

const objects: Readonly<Record<string, Related>> = {
  ...{ host, hosts: host, cluster, clusters: cluster, datacenter: dataCentre, datacenters: dataCentre },
  ...{ user, users: user },
};

/** Fields of the event that stand for one field of a related object. */
const shortcuts: Readonly<Record<string, string>> = {
  event_host: 'hosts.name',
  event_cluster: 'clusters.name',
  event_datacenter: 'datacenters.name',
  usrname: 'users.usrname',
};

/** What oVirt knows of events and nothing here ever has. */
const foreign = ['event_vm', 'event_template', 'event_storage', 'event_volume', 'event_vm_pool', 'quota'];
const foreignObjects = ['vms', 'templates', 'volumes', 'quota', 'storage'];

export const eventFields = [...Object.keys(columns), ...Object.keys(shortcuts), ...foreign];

/** Events that one answer has when the request names no number: there may be many more than fit into memory. */
const most = 10_000;

const nothing: EventFilter = { any: [] };

export async function searchedEvents(engine: Engine, request: ApiRequest): Promise<StoredEvent[] | Problem> {
  const from = request.query.int('from') ?? 0;
  const max = request.query.int('max');
  const limit = max !== null && max >= 0 ? max : null;
  const search = searchOf(request);
  if (search === null) return engine.store.events({ from, limit: limit ?? most });
  if (search instanceof SearchMistake) return refuse(request, search);
  const { criteria, sortBy, page } = search;
  const where = criteria && (await filterOf(engine, criteria, circumstances(request, engine)));
  if (where instanceof SearchMistake) return refuse(request, where);
  const order = sortBy && own(columns, sortBy.field);
  if (sortBy !== null && order == null) {
    return refuse(request, new SearchMistake(sortBy.at, `events are not sorted by ${sortBy.field}; ${known()}`));
  }
  return engine.store.events({
    from,
    where,
    dismissedToo: criteria !== null && mentions(criteria, 'deleted'),
    ...(sortBy === null || order == null ? {} : { orderBy: { column: order.column, descending: sortBy.descending } }),
    limit: limit ?? (page === null ? most : pageSize),
    offset: page === null ? 0 : (page - 1) * (limit ?? pageSize),
  });
}

async function filterOf(
  engine: Engine,
  criteria: Criteria,
  around: Circumstances,
): Promise<EventFilter | SearchMistake> {
  if ('is' in criteria) return conditionOf(engine, criteria.is, around);
  if ('not' in criteria) {
    const not = await filterOf(engine, criteria.not, around);
    return not instanceof SearchMistake ? not : { not };
  }
  const parts: EventFilter[] = [];
  for (const part of 'all' in criteria ? criteria.all : criteria.any) {
    const filter = await filterOf(engine, part, around);
    if (filter instanceof SearchMistake) return filter;
    parts.push(filter);
  }
  return 'all' in criteria ? { all: parts } : { any: parts };
}

async function conditionOf(
  engine: Engine,
  condition: Condition,
  around: Circumstances,
): Promise<EventFilter | SearchMistake> {
  const { value, relation } = condition;
  const { caseSensitive } = around;
  if (condition.field === null) return { column: 'description', pattern: `*${value}*`, caseSensitive };
  const name = own(shortcuts, condition.field) ?? condition.field;
  const [object = '', field] = name.split(/\.(.*)/s);
  if (field !== undefined) return relatedTo(engine, { ...condition, field }, object, around);
  const found = own(columns, name);
  if (found === undefined) {
    if (foreign.includes(name)) return relation === '!=' ? { not: nothing } : nothing;
    return new SearchMistake(condition.at.field, `events have no field ${name}; ${known()}`);
  }
  const { column, kind } = found;
  const operand = operandOf(kind, condition, around.now);
  if (operand instanceof SearchMistake) return operand;
  if ('pattern' in operand) {
    const like: EventFilter = { column, pattern: operand.pattern, caseSensitive };
    return relation === '!=' ? { not: like } : like;
  }
  if ('severity' in operand) return { column, oneOf: severitiesBy(relation, operand.severity) };
  const number = 'boolean' in operand ? Number(operand.boolean) : operand.number;
  // An event without the number has none that is equal.
  if (relation === '!=') return { not: { column, relation: '=', value: number } };
  return { column, relation, value: number };
}

async function relatedTo(
  engine: Engine,
  condition: Condition,
  object: string,
  around: Circumstances,
): Promise<EventFilter | SearchMistake> {
  const found = own(objects, object);
  if (found === undefined) {
    if (foreignObjects.includes(object)) return nothing;
    const names = Object.keys(objects).join(', ');
    return new SearchMistake(condition.at.field, `events have no related ${object}; there are: ${names}`);
  }
  const test = compile(found.table, { is: condition }, around);
  if (test instanceof SearchMistake) return test;
  const lists = await Lists.read(engine.store, [found.kind, ...test.needs]);
  const matching = lists.all(found.kind).filter((one) => test.matches(one as never, lists));
  return { column: found.column, oneOf: matching.map((one) => (one as { id: string }).id) };
}

function mentions(criteria: Criteria, field: string): boolean {
  if ('is' in criteria) return criteria.is.field === field;
  if ('not' in criteria) return mentions(criteria.not, field);
  return ('all' in criteria ? criteria.all : criteria.any).some((part) => mentions(part, field));
}

const known = (): string => `there are: ${eventFields.join(', ')}`;
