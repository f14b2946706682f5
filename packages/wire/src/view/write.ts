import { type Print, printOf } from '../text/print.ts';
import type { Direction, Field, Table } from '../types/field.ts';
import { types } from '../types/index.ts';

/** How an object is written: both encoders walk this, neither knows a type by name. */
export interface WriteType {
  readonly tag: string;
  readonly plural: string;
  /** In the order of output; attributes first. */
  readonly attributes: readonly WriteText[];
  readonly members: readonly WriteMember[];
}

export interface WriteText {
  readonly how: 'text';
  readonly key: string;
  readonly print: Print;
}

export type WriteMember =
  | WriteText
  | { readonly how: 'struct'; readonly key: string; readonly type: WriteType }
  | { readonly how: 'list'; readonly key: string; readonly type: WriteType }
  | { readonly how: 'values'; readonly key: string; readonly item: string; readonly print: Print }
  | { readonly how: 'flat'; readonly key: string; readonly type: WriteType };

type Tables = Readonly<Record<string, Table>>;
type Mutable = WriteType & { readonly attributes: WriteText[]; readonly members: WriteMember[] };

/** The tables as one side of the conversation writes them, with every reference between types resolved. */
export function compileWrite(tables: Tables, otherSide: Direction): ReadonlyMap<string, WriteType> {
  const compiled = new Map<string, Mutable>();
  for (const [tag, { plural }] of Object.entries(tables)) {
    compiled.set(tag, { tag, plural, attributes: [], members: [] });
  }
  const typeOf = (name: string): WriteType => {
    const type = compiled.get(name);
    if (!type) throw new Error(`no table describes ${name}`);
    return type;
  };
  const member = (key: string, field: Exclude<Field, { kind: never }>): WriteMember => {
    switch (field.kind) {
      case 'struct':
      case 'link':
        return { how: 'struct', key, type: typeOf(field.type) };
      case 'list':
      case 'collection':
        return { how: 'list', key, type: typeOf(field.type) };
      case 'values':
        return { how: 'values', key, item: field.item, print: printOf(field.of) };
      case 'flat':
        return { how: 'flat', key, type: typeOf(field.type) };
      default:
        return { how: 'text', key, print: printOf(field) };
    }
  };
  for (const [name, table] of Object.entries(tables)) {
    const type = compiled.get(name);
    for (const [key, field] of Object.entries(table.fields)) {
      if (field.direction === otherSide) continue;
      const written = member(key, field);
      if (written.how === 'text' && 'attribute' in field && field.attribute) type?.attributes.push(written);
      else type?.members.push(written);
    }
    type?.attributes.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
  return compiled;
}

const answers = compileWrite(types, 'request');
const requests = compileWrite(types, 'answer');

/** How a type is written in answers (by the engine) or in requests (by a client). */
export function writeType(side: 'request' | 'answer', name: string): WriteType {
  const type = (side === 'request' ? requests : answers).get(name);
  if (!type) throw new Error(`no table describes ${name}`);
  return type;
}
