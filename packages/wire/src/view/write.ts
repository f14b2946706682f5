import { version3, version3Types } from '../dialects/answers.ts';
import { type Print, printOf } from '../text/print.ts';
import type { Direction, Field, Table } from '../types/field.ts';
import { types } from '../types/index.ts';
import { Name } from './name.ts';

/** How an object is written: both encoders walk this, neither knows a type by name. */
export interface WriteType {
  readonly name: Name;
  readonly plural: Name;
  readonly members: ReadonlyMap<string, WriteMember>;
  /** Where a dialect shapes the object differently. */
  readonly reshape: Reshape | undefined;
}

export type Reshape = (object: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** What a dialect changes about the way out. */
export interface Dialect {
  readonly reshape: Readonly<Record<string, Reshape>>;
  /** Element names of types, singular and plural. */
  readonly names: Readonly<Record<string, readonly [singular: string, plural: string]>>;
}

interface Placed {
  readonly key: string;
  /** Place in the order of output; attributes come first. */
  readonly place: number;
  readonly name: Name;
}

export type WriteMember = Placed &
  (
    | { readonly how: 'attribute'; readonly print: Print }
    | { readonly how: 'text'; readonly print: Print }
    | { readonly how: 'struct'; readonly type: WriteType }
    | { readonly how: 'list'; readonly type: WriteType }
    | { readonly how: 'values'; readonly item: Name; readonly print: Print }
    | { readonly how: 'flat'; readonly type: WriteType }
  );

type Tables = Readonly<Record<string, Table>>;
type Mutable = WriteType & { readonly members: Map<string, WriteMember> };

const isAttribute = (field: Field): boolean => 'attribute' in field && field.attribute;

/** Attributes by name, then the others as the table has them. */
function inOrder(table: Table): [string, Field][] {
  const fields = Object.entries(table.fields);
  const attributes = fields.filter(([, field]) => isAttribute(field)).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...attributes, ...fields.filter(([, field]) => !isAttribute(field))];
}

/** The tables as one side of the conversation writes them, with every reference between types resolved. */
function compile(tables: Tables, otherSide: Direction, dialect: Dialect): ReadonlyMap<string, WriteType> {
  const compiled = new Map<string, Mutable>();
  for (const [type, table] of Object.entries(tables)) {
    const [name, plural] = dialect.names[type] ?? [type, table.plural];
    const reshape = dialect.reshape[type];
    compiled.set(type, { name: new Name(name), plural: new Name(plural), members: new Map(), reshape });
  }
  const typeOf = (name: string): WriteType => {
    const type = compiled.get(name);
    if (!type) throw new Error(`no table describes ${name}`);
    return type;
  };
  const member = (key: string, place: number, field: Field): WriteMember => {
    const placed = { key, place, name: new Name(key) };
    switch (field.kind) {
      case 'struct':
      case 'link':
        return { ...placed, how: 'struct', type: typeOf(field.type) };
      case 'list':
      case 'collection':
        return { ...placed, how: 'list', type: typeOf(field.type) };
      case 'values':
        return { ...placed, how: 'values', item: new Name(field.item), print: printOf(field.of) };
      case 'flat':
        return { ...placed, how: 'flat', type: typeOf(field.type) };
      default:
        return { ...placed, how: isAttribute(field) ? 'attribute' : 'text', print: printOf(field) };
    }
  };
  for (const [name, table] of Object.entries(tables)) {
    for (const [place, [key, field]] of inOrder(table).entries()) {
      if (field.direction !== otherSide) compiled.get(name)?.members.set(key, member(key, place, field));
    }
  }
  return compiled;
}

/** The members an object has, in the order of output, each followed by its value. */
export function present(given: Readonly<Record<string, unknown>>, type: WriteType): Chosen {
  const object = type.reshape === undefined ? given : type.reshape(given);
  const members: WriteMember[] = [];
  const values: unknown[] = [];
  // Going over the object, not over the table: most members of most objects are absent. Insertion, because builders
  // name members nearly in order.
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const member = type.members.get(key);
    if (member === undefined) continue;
    let at = members.length;
    for (; at > 0; at--) {
      const before = members[at - 1] as WriteMember;
      if (before.place < member.place) break;
      members[at] = before;
      values[at] = values[at - 1];
    }
    members[at] = member;
    values[at] = value;
  }
  return { members, values };
}

export interface Chosen {
  readonly members: readonly WriteMember[];
  readonly values: readonly unknown[];
}

const canonical: Dialect = { reshape: {}, names: {} };

const views = {
  request: compile(types, 'answer', canonical),
  answer: compile(types, 'request', canonical),
  answer3: compile(version3Types, 'request', version3),
};

/** How a type is written in answers (by the engine, also as oVirt 3.6 did) or in requests (by a client). */
export function writeType(view: keyof typeof views, name: string): WriteType {
  const type = views[view].get(name);
  if (!type) throw new Error(`no table describes ${name}`);
  return type;
}
