import { legalised } from '../text/characters.ts';
import type { Print } from '../text/print.ts';
import { indent } from '../view/name.ts';

import { inOrder, type WriteMember, type WriteType } from '../view/write-type.ts';

type Loose = Readonly<Record<string, unknown>>;

/** Characters a JSON string cannot hold as they are, or that are replaced as in XML. */
const special = /[^ !#-[\]-\ud7ff\ue000-\ufffd]/;

const quoted = (text: string): string => (special.test(text) ? JSON.stringify(legalised(text)) : `"${text}"`);

/** Numbers and booleans are strings, as clients of the original know them; decimals and dates are numbers. */
function printed(value: unknown, print: Print): string {
  switch (print) {
    case 'text':
      return quoted(value as string);
    case 'word':
      return `"${value}"`;
    case 'number':
    case 'date':
      return String(value);
  }
}

const objectText = (object: Loose, type: WriteType, depth: number): string =>
  shaped(type.reshape === undefined ? object : type.reshape(object), type, depth);

/** Goes over the object, not over the table: most members of most objects are absent. */
function shaped(object: Loose, type: WriteType, depth: number): string {
  let result = '';
  let before = type.start;
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const member = before.after(key, type);
    if (member === undefined) continue;
    if (member.place < before.place) return shaped(inOrder(object, type), type, depth);
    before = member;
    result += (result === '' ? '' : ',') + member.name.at(depth + 1).key + contentOf(value, member, depth + 1);
  }
  return result === '' ? '{}' : `{${result}${indent(depth)}}`;
}

function contentOf(value: unknown, member: WriteMember, depth: number): string {
  switch (member.how) {
    case 'attribute':
    case 'text':
      return printed(value, member.print);
    case 'struct':
      return objectText(value as Loose, member.type, depth);
    case 'list':
      return wrapped(value as Loose[], member.type, depth);
    case 'flat':
      return objects(value as Loose[], member.type, depth);
    case 'values': {
      const start = indent(depth + 2);
      const items = (value as unknown[]).map((item) => start + printed(item, member.print));
      if (items.length === 0) return '{}';
      return `{${member.item.at(depth + 1).key}[${items.join(',')}${indent(depth + 1)}]${indent(depth)}}`;
    }
  }
}

function objects(items: readonly Loose[], type: WriteType, depth: number): string {
  const start = indent(depth + 1);
  let result = '';
  for (const item of items) result += `${result === '' ? '' : ','}${start}${objectText(item, type, depth + 1)}`;
  return result === '' ? '[]' : `[${result}${indent(depth)}]`;
}

/** A list in two levels; the inner key only when there is an item. */
const wrapped = (items: readonly Loose[], type: WriteType, depth: number): string =>
  items.length === 0 ? '{}' : `{${type.name.at(depth + 1).key}${objects(items, type, depth + 1)}${indent(depth)}}`;

/** The object without a root key. */
export const encodeJson = (value: Loose, type: WriteType): string => objectText(value, type, 0);

/** `{"host_nic": [ … ]}`, or `{}`. */
export const encodeJsonCollection = (items: readonly Loose[], type: WriteType): string => wrapped(items, type, 0);
