import { type Alias, aliases, olderTypes, settle, typeAliases } from '../dialects/requests.ts';
import type { Mistake } from '../fault.ts';
import { type TextReader, textReader } from '../text/read.ts';
import type { Direction, Field, Table } from '../types/field.ts';
import { types } from '../types/index.ts';

export type Loose = Record<string, unknown>;

/** How an object is read: both decoders walk this, neither knows a type by name. */
export interface ReadType {
  readonly name: string;
  /** Element names, the canonical one first. */
  readonly tags: readonly string[];
  readonly members: ReadonlyMap<string, ReadMember>;
  readonly settle: ((read: Loose) => Mistake | undefined) | undefined;
}

/** How one member is read. `key` is where its value goes; several spellings of a member share the key. */
export type ReadMember =
  | { readonly how: 'ignore' }
  | { readonly how: 'text'; readonly key: string; readonly read: TextReader }
  | { readonly how: 'struct'; readonly key: string; readonly type: ReadType; readonly become: Become | undefined }
  | { readonly how: 'list'; readonly key: string; readonly type: ReadType; readonly wrapperMayBeItem: boolean }
  | { readonly how: 'values'; readonly key: string; readonly item: string; readonly read: TextReader }
  | { readonly how: 'flat'; readonly key: string; readonly type: ReadType };

type Become = (read: Loose) => unknown[] | Mistake;

const ignore: ReadMember = { how: 'ignore' };

type Tables = Readonly<Record<string, Table>>;
type Mutable = ReadType & { readonly members: Map<string, ReadMember> };

/** The tables as one side of the conversation reads them, with every reference between types resolved. */
function compile(tables: Tables, otherSide: Direction, spellings: typeof aliases): ReadonlyMap<string, ReadType> {
  const compiled = new Map<string, Mutable>();
  for (const name of Object.keys(tables)) {
    const tags = [name, ...(typeAliases[name] ?? [])];
    compiled.set(name, { name, tags, members: new Map(), settle: settle[name] });
  }
  const typeOf = (name: string): ReadType => {
    const type = compiled.get(name);
    if (!type) throw new Error(`no table describes ${name}`);
    return type;
  };
  const member = (key: string, field: Field, alias?: Alias): ReadMember => {
    if (field.direction === otherSide) return ignore;
    switch (field.kind) {
      case 'struct':
      case 'link':
        return { how: 'struct', key, type: typeOf(field.type), become: alias?.shape?.become };
      case 'list':
      case 'collection':
        return { how: 'list', key, type: typeOf(field.type), wrapperMayBeItem: alias?.wrapperMayBeItem ?? false };
      case 'values':
        return { how: 'values', key, item: field.item, read: textReader(field.of, field.item) };
      case 'flat':
        return { how: 'flat', key, type: typeOf(field.type) };
      default:
        return { how: 'text', key, read: textReader(field, key) };
    }
  };
  for (const [name, table] of Object.entries(tables)) {
    const members = compiled.get(name)?.members;
    for (const left of table.ignored ?? []) members?.set(left, ignore);
    for (const [key, field] of Object.entries(table.fields)) members?.set(key, member(key, field));
    for (const [spelling, alias] of Object.entries(spellings[name] ?? {})) {
      const field = alias.shape?.as ?? table.fields[alias.of];
      if (field) members?.set(spelling, member(alias.of, field, alias));
    }
  }
  return compiled;
}

const requests = compile({ ...types, ...olderTypes }, 'answer', aliases);
const answers = compile(types, 'request', {});

export type Side = 'request' | 'answer';

/** How a type is read from requests (by the engine) or from answers (by a client). */
export function readType(side: Side, name: string): ReadType {
  const type = (side === 'request' ? requests : answers).get(name);
  if (!type) throw new Error(`no table describes ${name}`);
  return type;
}
