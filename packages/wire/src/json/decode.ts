import { Refused } from '../bytes.ts';
import { type Mistake, mistake, reasons } from '../fault.ts';
import { limits } from '../limits.ts';
import { isLegal } from '../text/characters.ts';
import { isMistake, type Plain, type TextReader } from '../text/read.ts';
import type { Loose, ReadMember, ReadType } from '../view/read-type.ts';
import { scanJson } from './scan.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const named = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : isObject(value) ? 'an object' : `a ${typeof value}`;

/** Every mistake of a JSON body has the same reason; only missing values keep their own. */
function refuse({ reason, text }: Mistake, path: string): never {
  const told = reason === reasons.incomplete ? reason : reasons.syntax;
  const detail = path === '' ? text : `${path}: ${text}`;
  throw new Refused({ status: 400, reason: told, detail, element: path });
}

const wrong = (path: string, problem: string): never => refuse(mistake(reasons.syntax, problem), path);

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Numbers and booleans are read as the texts they would be. */
function plain(value: unknown, read: TextReader, path: string): Plain {
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isPlain) return wrong(path, `a text, a number or a boolean was expected, not ${named(value)}`);
  const text = String(value);
  if (!isLegal(text)) return wrong(path, 'the text holds a character that XML cannot carry');
  const result = read(text);
  return isMistake(result) ? refuse(result, path) : result;
}

function object(value: unknown, type: ReadType, path: string): Loose {
  if (!isObject(value)) return wrong(path, `an object was expected (${type.name}), not ${named(value)}`);
  const result: Loose = {};
  for (const key of Object.keys(value)) {
    if (key.length > limits.name) return wrong(path, `a name may have ${limits.name} characters at most`);
    const content = value[key];
    const member = type.members.get(key);
    const here = below(path, key);
    if (member === undefined) {
      if (type.lenient) continue;
      return wrong(here, `there is no ${key} in ${type.name}`);
    }
    // An absent member may be spelt null.
    if (member.how === 'ignore' || content === null) continue;
    if (result[member.key] !== undefined) {
      return wrong(here, `${member.key} is given twice; ${key} is another name of it`);
    }
    result[member.key] = contentOf(content, member, here);
  }
  const left = type.settle?.(result);
  return left === undefined ? result : refuse(left, path);
}

function contentOf(value: unknown, member: ReadMember, path: string): unknown {
  switch (member.how) {
    case 'text':
      return plain(value, member.read, path);
    case 'struct': {
      const read = object(value, member.type, path);
      const became = member.become?.(read) ?? read;
      return isMistake(became) && member.become ? refuse(became, path) : became;
    }
    case 'flat':
      return items(value, path, (item, here) => object(item, member.type, here));
    case 'values':
      return wrapped(value, { tags: [member.item], lenient: member.type.lenient }, path, (item, here) =>
        plain(item, member.read, here),
      );
    default: {
      const { members } = member.type;
      const isItemItself =
        member.wrapperMayBeItem && isObject(value) && Object.keys(value).some((key) => members.has(key));
      if (isItemItself) return [object(value, member.type, path)];
      return listOf(value, member.type, path);
    }
  }
}

const listOf = (value: unknown, type: ReadType, path: string): Loose[] =>
  wrapped(value, type, path, (item, here) => object(item, type, here));

function items<T>(value: unknown, path: string, read: (item: unknown, path: string) => T): T[] {
  if (!Array.isArray(value)) return wrong(path, `an array was expected, not ${named(value)}`);
  return value.map((item, index) => read(item, `${path}[${index}]`));
}

/** A list in two levels, as the API writes it, or as a bare array, as some portals do. */
function wrapped<T>(
  value: unknown,
  { tags, lenient }: Pick<ReadType, 'tags' | 'lenient'>,
  path: string,
  read: (item: unknown, path: string) => T,
): T[] {
  if (!isObject(value)) return items(value, path, read);
  const result: T[] = [];
  for (const [key, content] of Object.entries(value)) {
    const here = below(path, key);
    const expected = tags.includes(key);
    if (!expected && !lenient) wrong(here, `only ${tags[0]} was expected here`);
    if (expected && content !== null) result.push(...items(content, here, read));
  }
  return result;
}

/** Reads what a JSON text stands for as an object of the given type. Throws `Refused`. */
export const readObject = (value: unknown, type: ReadType): unknown => object(value, type, '');

/** The same for a collection: `{"host_nic": [ … ]}`, or `{}`. Throws `Refused`. */
export const readCollection = (value: unknown, type: ReadType): unknown[] => listOf(value, type, '');

/** Reads a JSON body as an object of the given type. Throws `Refused`. */
export function decodeJson(text: string, type: ReadType): unknown {
  const value = scanJson(text);
  const [key, ...others] = isObject(value) ? Object.keys(value) : [];
  if (key !== undefined && others.length === 0 && type.tags.includes(key) && !type.members.has(key)) {
    wrong(key, `a ${type.name} is sent without a root key`);
  }
  return readObject(value, type);
}
