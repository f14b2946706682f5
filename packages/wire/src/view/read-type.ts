import type { Mistake } from '../fault.ts';
import { lenientReader, type TextReader, textReader } from '../text/read.ts';
import type { Direction, Field, StructField, Table } from '../types/field.ts';

export type Loose = Record<string, unknown>;

/** Another name of a member. */
export interface Alias {
  /** The member as the tables name it. */
  readonly of: string;
  /** The wrapper may itself be one item, with the members of an item as its own. */
  readonly wrapperMayBeItem?: true;
  /** Where the content is shaped differently: how it reads, and what it becomes. */
  readonly shape?: { readonly as: StructField; readonly become: (read: Loose) => unknown[] | Mistake };
}

/** How an object is read: both decoders walk this, neither knows a type by name. */
export class ReadType {
  readonly name: string;
  /** Element names, the canonical one first. */
  readonly tags: readonly string[];
  readonly members = new Map<string, ReadMember>();
  readonly settle: ((read: Loose) => Mistake | undefined) | undefined;

  /** Whether members and words are passed over that no table knows. */
  readonly lenient: boolean;

  constructor(name: string, { spellings, lenient }: Reading) {
    this.name = name;
    this.tags = [name, ...(spellings.tags[name] ?? [])];
    this.settle = spellings.settle[name];
    this.lenient = lenient;
  }
}

/** Other names and shapes that are read, by type. */
export interface Spellings {
  /** Of members. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, Alias>>>>;
  /** Of elements. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly settle: Readonly<Record<string, (read: Loose) => Mistake | undefined>>;
}

/** How one side reads what the other says. */
export interface Reading {
  readonly otherSide: Direction;
  readonly spellings: Spellings;
  /** Whether the other side may know more than the tables. */
  readonly lenient: boolean;
}

type How = 'ignore' | 'text' | 'struct' | 'list' | 'values' | 'flat';
type Become = (read: Loose) => unknown[] | Mistake;

/** How one member is read. One class for all, with fields that some do not need, as in the other direction. */
export class ReadMember {
  readonly how: How;
  /** Where the value goes; several spellings of a member share the key. */
  readonly key: string;
  /** Of `struct`, `list` and `flat`. */
  readonly type: ReadType;
  /** Of `text` and `values`. */
  readonly read: TextReader;
  /** Of `values`. */
  readonly item: string;
  /** Of `list`. */
  readonly wrapperMayBeItem: boolean;
  /** Of `struct`, where the content of an older spelling becomes something else. */
  readonly become: Become | undefined;

  constructor(how: How, key: string, type: ReadType, read: TextReader, item: string, alias: Alias | undefined) {
    this.how = how;
    this.key = key;
    this.type = type;
    this.read = read;
    this.item = item;
    this.wrapperMayBeItem = alias?.wrapperMayBeItem ?? false;
    this.become = alias?.shape?.become;
  }
}

const verbatim: TextReader = (text) => text;

type Tables = Readonly<Record<string, Table>>;

/** The tables as one side of the conversation reads them, with every reference between types resolved. */
export function compileReading(tables: Tables, reading: Reading): ReadonlyMap<string, ReadType> {
  const { otherSide, spellings, lenient } = reading;
  const compiled = new Map(Object.keys(tables).map((name) => [name, new ReadType(name, reading)]));
  const reader = lenient ? lenientReader : textReader;
  const typeOf = (name: string): ReadType => {
    const type = compiled.get(name);
    if (!type) throw new Error(`no table describes ${name}`);
    return type;
  };
  const member = (own: ReadType, key: string, field: Field, alias?: Alias): ReadMember => {
    const structured = (how: How, type: string) => new ReadMember(how, key, typeOf(type), verbatim, type, alias);
    if (field.direction === otherSide) return new ReadMember('ignore', key, own, verbatim, key, alias);
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
        return new ReadMember('values', key, own, reader(field.of, field.item), field.item, alias);
      default:
        return new ReadMember('text', key, own, reader(field, key), key, alias);
    }
  };
  for (const [name, table] of Object.entries(tables)) {
    const type = typeOf(name);
    const { members } = type;
    for (const left of table.ignored ?? []) {
      members.set(left, new ReadMember('ignore', left, type, verbatim, left, undefined));
    }
    for (const [key, field] of Object.entries(table.fields)) members.set(key, member(type, key, field));
    for (const [spelling, alias] of Object.entries(spellings.aliases[name] ?? {})) {
      const field = alias.shape?.as ?? table.fields[alias.of];
      if (field) members.set(spelling, member(type, alias.of, field, alias));
    }
  }
  return compiled;
}
