import { legalised } from '../text/characters.ts';
import type { Print } from '../text/print.ts';
import type { Loose } from '../view/read.ts';
import type { WriteMember, WriteType } from '../view/write.ts';

const indents = Array.from({ length: 130 }, (_, depth) => `\n${'  '.repeat(depth)}`);
const indent = (depth: number): string => indents[depth] ?? '\n';

/** Characters a JSON string cannot hold as they are, or that are replaced as in XML. */
const special = /["\\]|[^\u0020-\ud7ff\ue000-\ufffd]/;

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

function object(value: Loose, type: WriteType, depth: number): string {
  const start = indent(depth + 1);
  let result = '';
  for (const { key, print } of type.attributes) {
    const content = value[key];
    if (content !== undefined) result += `${result === '' ? '' : ','}${start}"${key}": ${printed(content, print)}`;
  }
  for (const member of type.members) {
    const content = value[member.key];
    if (content === undefined) continue;
    result += `${result === '' ? '' : ','}${start}"${member.key}": ${contentOf(content, member, depth + 1)}`;
  }
  return result === '' ? '{}' : `{${result}${indent(depth)}}`;
}

function contentOf(value: unknown, member: WriteMember, depth: number): string {
  switch (member.how) {
    case 'text':
      return printed(value, member.print);
    case 'struct':
      return object(value as Loose, member.type, depth);
    case 'list':
      return wrapped(value as Loose[], member.type, depth);
    case 'flat':
      return objects(value as Loose[], member.type, depth);
    case 'values': {
      const start = indent(depth + 2);
      const items = (value as unknown[]).map((item) => start + printed(item, member.print));
      if (items.length === 0) return '{}';
      return `{${indent(depth + 1)}"${member.item}": [${items.join(',')}${indent(depth + 1)}]${indent(depth)}}`;
    }
  }
}

function objects(items: readonly Loose[], type: WriteType, depth: number): string {
  const start = indent(depth + 1);
  let result = '';
  for (const item of items) result += `${result === '' ? '' : ','}${start}${object(item, type, depth + 1)}`;
  return result === '' ? '[]' : `[${result}${indent(depth)}]`;
}

/** A list in two levels; the inner key only when there is an item. */
const wrapped = (items: readonly Loose[], type: WriteType, depth: number): string =>
  items.length === 0 ? '{}' : `{${indent(depth + 1)}"${type.tag}": ${objects(items, type, depth + 1)}${indent(depth)}}`;

/** The object without a root key. */
export const encodeJson = (value: Loose, type: WriteType): string => object(value, type, 0);

/** `{"host_nic": [ … ]}`, or `{}`. */
export const encodeJsonCollection = (items: readonly Loose[], type: WriteType): string => wrapped(items, type, 0);
