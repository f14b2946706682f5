import { type Print, printOf } from '../text/print.ts';
import type { Direction, Field, Table } from '../types/field.ts';
import { Name } from './name.ts';

/** How an object is written: both encoders walk this, neither knows a type by name. */
export class WriteType {
  readonly name: Name;
  readonly plural: Name;
  readonly members = new Map<string, WriteMember>();
  /** Where a dialect shapes the object differently. */
  readonly reshape: Reshape | undefined;
  /** Stands before the first member. */
  readonly start: WriteMember;

  constructor(name: Name, plural: Name, reshape: Reshape | undefined) {
    this.name = name;
    this.plural = plural;
    this.reshape = reshape;
    this.start = new WriteMember(name, -1, 'struct', 'word', this, name);
  }
}

type How = 'attribute' | 'text' | 'values' | 'struct' | 'list' | 'flat';

/**
 * How one member is written. One class for all, with fields that some do not need: objects of a single shape are what
 * the JavaScript engine reads fastest, and these are read for every value of every answer.
 */
export class WriteMember {
  readonly key: string;
  readonly name: Name;
  /** Place in the order of output; attributes come first. */
  readonly place: number;
  readonly how: How;
  /** Of `attribute`, `text` and `values`. */
  readonly print: Print;
  /** Of `struct`, `list` and `flat`. */
  readonly type: WriteType;
  /** Of `values`. */
  readonly item: Name;
  /** What came after this member the last time. */
  private next: WriteMember | undefined = undefined;

  constructor(name: Name, place: number, how: How, print: Print, type: WriteType, item: Name) {
    this.key = name.text;
    this.name = name;
    this.place = place;
    this.how = how;
    this.print = print;
    this.type = type;
    this.item = item;
  }

  /**
   * The member of that key in the type this member is of. Objects are mostly made in the same order, and to see that the
   * key is the one that came here last time takes less than to look it up.
   */
  after(key: string, type: WriteType): WriteMember | undefined {
    const likely = this.next;
    if (likely !== undefined && likely.key === key) return likely;
    const member = type.members.get(key);
    if (member !== undefined) this.next = member;
    return member;
  }
}

type Loose = Readonly<Record<string, unknown>>;

export type Reshape = (object: Loose) => Loose;

/** What a dialect changes about the way out. */
export interface Dialect {
  readonly reshape: Readonly<Record<string, Reshape>>;
  /** Element names of types, singular and plural. */
  readonly names: Readonly<Record<string, readonly [singular: string, plural: string]>>;
}

type Tables = Readonly<Record<string, Table>>;

const isAttribute = (field: Field): boolean => 'attribute' in field && field.attribute;

/** Attributes by name, then the others as the table has them. */
function inOutputOrder(table: Table): [string, Field][] {
  const fields = Object.entries(table.fields);
  const attributes = fields.filter(([, field]) => isAttribute(field)).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...attributes, ...fields.filter(([, field]) => !isAttribute(field))];
}

/** The tables as one side of the conversation writes them, with every reference between types resolved. */
export function compileWriting(tables: Tables, otherSide: Direction, dialect: Dialect): ReadonlyMap<string, WriteType> {
  const compiled = new Map<string, WriteType>();
  for (const [type, table] of Object.entries(tables)) {
    const [name, plural] = dialect.names[type] ?? [type, table.plural];
    compiled.set(type, new WriteType(new Name(name), new Name(plural), dialect.reshape[type]));
  }
  const typeOf = (name: string): WriteType => {
    const type = compiled.get(name);
    if (!type) throw new Error(`no table describes ${name}`);
    return type;
  };
  const member = (name: Name, place: number, field: Field, own: WriteType): WriteMember => {
    const structured = (how: How, type: string) => new WriteMember(name, place, how, 'word', typeOf(type), name);
    switch (field.kind) {
      case 'struct':
      case 'link':
        return structured('struct', field.type);
      case 'list':
      case 'collection':
        return structured('list', field.type);
      case 'flat':
        return structured('flat', field.type);
      case 'values':
        return new WriteMember(name, place, 'values', printOf(field.of), own, new Name(field.item));
      default:
        return new WriteMember(name, place, field.attribute ? 'attribute' : 'text', printOf(field), own, name);
    }
  };
  for (const [name, table] of Object.entries(tables)) {
    const type = typeOf(name);
    for (const [place, [key, field]] of inOutputOrder(table).entries()) {
      if (field.direction !== otherSide) type.members.set(key, member(new Name(key), place, field, type));
    }
  }
  return compiled;
}

/** The object with its members in the order of output. */
export function inOrder(object: Loose, type: WriteType): Loose {
  const place = (key: string): number => type.members.get(key)?.place ?? -1;
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => place(a) - place(b)));
}

export const canonical: Dialect = { reshape: {}, names: {} };
