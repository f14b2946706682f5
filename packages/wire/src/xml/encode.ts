import { isLegal, legalised } from '../text/characters.ts';
import { dateText, decimalText, type Print } from '../text/print.ts';
import type { Name } from '../view/name.ts';

import { inOrder, type WriteType } from '../view/write-type.ts';

type Loose = Readonly<Record<string, unknown>>;

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';

/** Everything but what stands for itself everywhere. */
const special = /[^ !#-%'-;=?-\ud7ff\ue000-\ufffd]/;
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

const element = (name: Name, object: Loose, type: WriteType, depth: number): string =>
  shaped(name, type.reshape === undefined ? object : type.reshape(object), type, depth);

/** Goes over the object, not over the table: most members of most objects are absent. */
function shaped(name: Name, object: Loose, type: WriteType, depth: number): string {
  let attributes = '';
  let content = '';
  let before = type.start;
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const member = before.after(key, type);
    if (member === undefined) continue;
    if (member.place < before.place) return shaped(name, inOrder(object, type), type, depth);
    before = member;
    switch (member.how) {
      case 'attribute': {
        const text = member.print === 'text' ? escapeAttribute(value as string) : printed(value, member.print);
        attributes += (attributes === '' ? member.name.attribute : member.name.nextAttribute) + text;
        break;
      }
      case 'text':
        content += member.name.at(depth + 1).open + printed(value, member.print) + member.name.close;
        break;
      case 'struct':
        content += element(member.name, value as Loose, member.type, depth + 1);
        break;
      case 'list':
        content += wrapper(member.name, value as Loose[], member.type, depth + 1);
        break;
      case 'flat':
        for (const item of value as Loose[]) content += element(member.name, item, member.type, depth + 1);
        break;
      case 'values':
        content += plainValues(member.name, member.item, value as unknown[], member.print, depth + 1);
    }
  }
  const { start, open, end } = name.at(depth);
  if (attributes === '') return content === '' ? `${start}/>` : open + content + end;
  return content === '' ? `${start}${attributes}"/>` : `${start}${attributes}">${content}${end}`;
}

function plainValues(name: Name, item: Name, values: readonly unknown[], print: Print, depth: number): string {
  let content = '';
  for (const value of values) content += item.at(depth + 1).open + printed(value, print) + item.close;
  return wrapped(name, content, depth);
}

function wrapper(name: Name, items: readonly Loose[], type: WriteType, depth: number): string {
  let content = '';
  for (const item of items) content += element(type.name, item, type, depth + 1);
  return wrapped(name, content, depth);
}

function wrapped(name: Name, content: string, depth: number): string {
  const { start, open, end } = name.at(depth);
  return content === '' ? `${start}/>` : open + content + end;
}

/** A document with the object as its root. */
export const encodeXml = (object: Loose, type: WriteType): string =>
  `${declaration}${element(type.name, object, type, 0)}\n`;

/** A document with the collection as its root. Holds nothing but members: clients take every child for one. */
export const encodeXmlCollection = (items: readonly Loose[], type: WriteType): string =>
  `${declaration}${wrapper(type.plural, items, type, 0)}\n`;
