/** What is wrong with an object before it is written: types are checked where TypeScript is, and JavaScript is not. */
import { isLegal } from '../text/characters.ts';
import type { EnumField, Field, ScalarField, Table } from '../types/field.ts';

type Tables = Readonly<Record<string, Table>>;

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'an array'
      : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

const expected = (path: string, what: string, value: unknown): string =>
  `${path === '' ? 'The body' : path} must be ${what}, not ${kindOf(value)}.`;

/**
 * @param path of the value in the body
 * @returns a sentence about the first mistake, or null. Members that only answers have may be there: they are not sent.
 */
export function mistakeIn(value: unknown, type: string, tables: Tables, path = ''): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return expected(path, `an object (${type})`, value);
  }
  const { fields = {}, ignored = [] } = tables[type] ?? {};
  for (const [key, content] of Object.entries(value)) {
    const field = fields[key];
    if (content === undefined || ignored.includes(key)) continue;
    const here = below(path, key);
    if (field === undefined) return `There is no ${here}: ${type} has ${Object.keys(fields).join(', ')}.`;
    const mistake = mistakeInMember(content, field, tables, here);
    if (mistake !== null) return mistake;
  }
  return null;
}

function mistakeInMember(value: unknown, field: Field, tables: Tables, path: string): string | null {
  if (value === null) return `${path} is null: leave it out to say nothing of it, or send it empty to clear it.`;
  switch (field.kind) {
    case 'struct':
    case 'link':
      return mistakeIn(value, field.type, tables, path);
    case 'list':
    case 'collection':
    case 'flat':
      return mistakeInItems(value, path, (item, here) => mistakeIn(item, field.type, tables, here));
    case 'values':
      return mistakeInItems(value, path, (item, here) => mistakeInPlain(item, field.of, here));
    default:
      return mistakeInPlain(value, field, path);
  }
}

function mistakeInItems(value: unknown, path: string, one: (item: unknown, path: string) => string | null) {
  if (!Array.isArray(value)) return expected(path, 'an array', value);
  for (const [at, item] of value.entries()) {
    const mistake = one(item, `${path}[${at}]`);
    if (mistake !== null) return mistake;
  }
  return null;
}

function mistakeInPlain(value: unknown, field: ScalarField | EnumField, path: string): string | null {
  switch (field.kind) {
    case 'enum':
      if ((field.values as readonly unknown[]).includes(value)) return null;
      return `${path} must be one of ${field.values.join(', ')}, not ${JSON.stringify(value)}.`;
    case 'boolean':
      return typeof value === 'boolean' ? null : expected(path, 'true or false', value);
    case 'string':
    case 'secret':
      if (typeof value !== 'string') return expected(path, 'a text', value);
      return isLegal(value) ? null : `${path} holds a character that XML cannot carry.`;
    case 'decimal':
      return Number.isFinite(value) ? null : expected(path, 'a number', value);
    case 'date':
      return Number.isSafeInteger(value) ? null : expected(path, 'milliseconds since 1970', value);
    default:
      return Number.isSafeInteger(value) ? null : expected(path, 'a whole number', value);
  }
}
