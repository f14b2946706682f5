import { isLegal, legalised } from '../text/characters.ts';
import { dateText, decimalText, type Print } from '../text/print.ts';
import type { Loose } from '../view/read.ts';
import type { WriteType } from '../view/write.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Line ends followed by the blanks of each depth; deeper nesting than this is not indented further. */
const indents = Array.from({ length: 64 }, (_, depth) => `\n${'  '.repeat(depth)}`);
const indent = (depth: number): string => indents[depth] ?? '\n';

const special = /[&<>"\t\n\r]|[^\u0020-\ud7ff\ue000-\ufffd]/;
const inText = /[&<>\r]/g;
const inAttribute = /[&<>"\t\n\r]/g;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escaped(text: string, characters: RegExp): string {
  const legal = isLegal(text) ? text : legalised(text);
  return legal.replace(characters, (character) => entities[character] ?? character);
}

/** Text between tags. What XML cannot carry is replaced by U+FFFD: one strange stored name must not hide a whole list. */
export const escapeText = (text: string): string => (special.test(text) ? escaped(text, inText) : text);

/** Text between double quotes. */
export const escapeAttribute = (text: string): string => (special.test(text) ? escaped(text, inAttribute) : text);

function printed(value: unknown, print: Print): string {
  switch (print) {
    case 'text':
      return escapeText(value as string);
    case 'number':
      return decimalText(value as number);
    case 'date':
      return dateText(value as number);
    case 'word':
      return String(value);
  }
}

function element(tag: string, object: Loose, type: WriteType, depth: number): string {
  let result = `<${tag}`;
  for (const { key, print } of type.attributes) {
    const value = object[key];
    if (value === undefined) continue;
    result += ` ${key}="${print === 'text' ? escapeAttribute(value as string) : printed(value, print)}"`;
  }
  const content = members(object, type, depth + 1);
  return content === '' ? `${result}/>` : `${result}>${content}${indent(depth)}</${tag}>`;
}

function members(object: Loose, type: WriteType, depth: number): string {
  const start = indent(depth);
  let result = '';
  for (const member of type.members) {
    const { key } = member;
    const value = object[key];
    if (value === undefined) continue;
    switch (member.how) {
      case 'text':
        result += `${start}<${key}>${printed(value, member.print)}</${key}>`;
        break;
      case 'struct':
        result += start + element(key, value as Loose, member.type, depth);
        break;
      case 'list':
        result += start + wrapper(key, value as Loose[], member.type, depth);
        break;
      case 'flat':
        for (const item of value as Loose[]) result += start + element(key, item, member.type, depth);
        break;
      case 'values': {
        const { item, print } = member;
        let content = '';
        for (const each of value as unknown[])
          content += `${indent(depth + 1)}<${item}>${printed(each, print)}</${item}>`;
        result += content === '' ? `${start}<${key}/>` : `${start}<${key}>${content}${start}</${key}>`;
      }
    }
  }
  return result;
}

function wrapper(tag: string, items: readonly Loose[], type: WriteType, depth: number): string {
  if (items.length === 0) return `<${tag}/>`;
  const start = indent(depth + 1);
  let content = '';
  for (const item of items) content += start + element(type.tag, item, type, depth + 1);
  return `<${tag}>${content}${indent(depth)}</${tag}>`;
}

/** A document with the object as its root. */
export const encodeXml = (object: Loose, type: WriteType): string =>
  `${declaration}${element(type.tag, object, type, 0)}\n`;

/** A document with the collection as its root. Holds nothing but members: clients take every child for one. */
export const encodeXmlCollection = (items: readonly Loose[], type: WriteType): string =>
  `${declaration}${wrapper(type.plural, items, type, 0)}\n`;
