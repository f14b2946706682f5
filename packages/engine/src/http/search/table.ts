/** What can be searched in a collection: its fields, and those of objects that are related to its members. */
import type { DocumentKind } from '../../store/index.ts';
import { type Condition, type Criteria, SearchMistake } from './expression.ts';
import type { Lists } from './lists.ts';
import { own } from './own.ts';
import { type Kind, operandOf, satisfies, type Value } from './value.ts';

export interface Field<T> {
  kind: Kind;
  /** Kinds of documents that `of` looks at. */
  needs: readonly DocumentKind[];
  of(item: T, lists: Lists): Value[];
}

export interface Table<T> {
  /** What the collection is called in answers. */
  name: string;
  fields: Readonly<Record<string, Field<T>>>;
  /** Fields of related objects, found by the name before the dot. */
  objects: Readonly<Record<string, (field: string) => Field<T> | undefined>>;
}

export function field<T>(kind: Kind, of: (item: T) => Value): Field<T> {
  return { kind, needs: [], of: (item) => [of(item)] };
}

export function derived<T>(
  kind: Kind,
  needs: readonly DocumentKind[],
  of: (item: T, lists: Lists) => Value | Value[],
): Field<T> {
  return { kind, needs, of: (item, lists) => [of(item, lists)].flat() };
}

/** Fields that oVirt has and that nothing here has a value for. */
export function unknown<T>(...names: string[]): Record<string, Field<T>> {
  return Object.fromEntries(names.map((name) => [name, none<T>()]));
}

/** Objects of another collection that belong to an item; one of them has to match. */
export function related<T, R>(
  table: () => Table<R>,
  needs: readonly DocumentKind[],
  of: (item: T, lists: Lists) => readonly (R | undefined)[],
): (field: string) => Field<T> | undefined {
  return (name) => {
    const found = own(table().fields, name);
    if (found === undefined) return undefined;
    const values = (item: T, lists: Lists) =>
      of(item, lists).flatMap((one) => (one === undefined ? [] : found.of(one, lists)));
    return { kind: found.kind, needs: [...needs, ...found.needs], of: values };
  };
}

/** Any field of related objects that there are none of here. */
export const none = <T>(): Field<T> => ({ kind: 'unknown', needs: [], of: () => [] });

export function findField<T>(table: Table<T>, name: string, at: number): Field<T> | SearchMistake {
  const dot = name.indexOf('.');
  const object = dot < 0 ? undefined : own(table.objects, name.slice(0, dot));
  const found = dot < 0 ? own(table.fields, name) : object?.(name.slice(dot + 1));
  if (found !== undefined) return found;
  if (dot >= 0 && object === undefined) {
    const known = Object.keys(table.objects).join(', ');
    return new SearchMistake(at, `${table.name} have no related ${name.slice(0, dot)}; there are: ${known}`);
  }
  const known = dot < 0 ? `; there are: ${Object.keys(table.fields).join(', ')}` : '';
  return new SearchMistake(at, `${table.name} have no field ${name}${known}`);
}

/** A condition with its field found and its value understood. */
export interface Test<T> {
  needs: readonly DocumentKind[];
  matches(item: T, lists: Lists): boolean;
}

export interface Circumstances {
  caseSensitive: boolean;
  /** Epoch milliseconds. */
  now: number;
}

export function compile<T>(table: Table<T>, criteria: Criteria, around: Circumstances): Test<T> | SearchMistake {
  if ('is' in criteria) return compileCondition(table, criteria.is, around);
  if ('not' in criteria) {
    const test = compile(table, criteria.not, around);
    if (test instanceof SearchMistake) return test;
    return { needs: test.needs, matches: (item, lists) => !test.matches(item, lists) };
  }
  const parts: Test<T>[] = [];
  for (const part of 'all' in criteria ? criteria.all : criteria.any) {
    const test = compile(table, part, around);
    if (test instanceof SearchMistake) return test;
    parts.push(test);
  }
  const needs = parts.flatMap((part) => part.needs);
  if ('all' in criteria) return { needs, matches: (item, lists) => parts.every((part) => part.matches(item, lists)) };
  return { needs, matches: (item, lists) => parts.some((part) => part.matches(item, lists)) };
}

function compileCondition<T>(
  table: Table<T>,
  condition: Condition,
  { caseSensitive, now }: Circumstances,
): Test<T> | SearchMistake {
  if (condition.field === null) return anywhere(table, condition.value, caseSensitive);
  const found = findField(table, condition.field, condition.at.field);
  if (found instanceof SearchMistake) return found;
  const operand = operandOf(found.kind, condition, now);
  if (operand instanceof SearchMistake) return operand;
  const { needs, of } = found;
  return { needs, matches: (item, lists) => satisfies(of(item, lists), condition, operand, caseSensitive) };
}

/** A value alone is looked for inside all texts of the item. */
function anywhere<T>(table: Table<T>, value: string, caseSensitive: boolean): Test<T> {
  const texts = Object.values(table.fields).filter(({ kind }) => kind === 'text');
  const inside: Condition = { field: null, relation: '=', value, at: { field: 0, value: 0 } };
  const operand = { pattern: `*${value}*` };
  return {
    needs: texts.flatMap(({ needs }) => needs),
    matches: (item, lists) => texts.some(({ of }) => satisfies(of(item, lists), inside, operand, caseSensitive)),
  };
}
