import { type Mistake, mistake, reasons } from '../fault.ts';
import { limits } from '../limits.ts';
import type { EnumField, ScalarField, ScalarKind } from '../types/field.ts';
import { trimmed } from './characters.ts';

export type Plain = string | number | boolean;

/** Makes a value of its text, or says what is wrong with it. */
export type TextReader = (text: string) => Plain | Mistake;

export const isMistake = (value: unknown): value is Mistake => typeof value === 'object' && !Array.isArray(value);

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

const invalid = (text: string, expected: string): Mistake =>
  mistake(reasons.value, `${shown(text)} is not ${expected}`);

const wholeNumber = /^[+-]?\d+$/;

/** An empty text is 0, as the original reads it. */
const integer =
  (lowest: number, highest: number): TextReader =>
  (raw) => {
    const text = trimmed(raw);
    if (text === '') return 0;
    const value = wholeNumber.test(text) ? Number(text) : Number.NaN;
    return value >= lowest && value <= highest
      ? value + 0
      : invalid(raw, `a whole number from ${lowest} to ${highest}`);
  };

const decimalNumber = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

const readDecimal: TextReader = (raw) => {
  const text = trimmed(raw);
  const value = decimalNumber.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : invalid(raw, 'a number');
};

const booleans = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
]);

const readBoolean: TextReader = (raw) => booleans.get(trimmed(raw).toLowerCase()) ?? invalid(raw, 'true or false');

const isoDate = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?$/;
const firstDate = Date.parse('0001-01-01T00:00:00Z');
const lastDate = Date.parse('9999-12-31T23:59:59.999Z');

/** Milliseconds of an ISO text, in UTC when it names no zone; NaN also for a day the month does not have. */
function isoMilliseconds(text: string): number {
  const [, day = '', time = '', zone = 'Z'] = isoDate.exec(text) ?? [];
  const inUtc = Date.parse(`${day}${time}Z`);
  const exists = Number.isFinite(inUtc) && new Date(inUtc).toISOString().startsWith(day);
  return exists ? Date.parse(`${day}${time}${zone}`) : Number.NaN;
}

/** A bare number is milliseconds, the JSON spelling. */
const readDate: TextReader = (raw) => {
  const text = trimmed(raw);
  const value = wholeNumber.test(text) ? Number(text) : isoMilliseconds(text);
  return value >= firstDate && value <= lastDate ? value : invalid(raw, 'a time such as 2024-05-01T10:00:00.123Z');
};

const isLong = (text: string): boolean => text.length > limits.text;
const tooLong = mistake(reasons.syntax, `a value may have ${limits.text} characters at most`);

const readVerbatim: TextReader = (text) => (isLong(text) ? tooLong : text);
const readString: TextReader = (text) => readVerbatim(trimmed(text));

const readers: Record<ScalarKind, TextReader> = {
  string: readString,
  secret: readVerbatim,
  boolean: readBoolean,
  int: integer(-(2 ** 31), 2 ** 31 - 1),
  long: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  decimal: readDecimal,
  date: readDate,
};

const enumReader = (field: EnumField, name: string): TextReader => {
  const words = new Map(field.values.map((word) => [word, word]));
  return (raw) =>
    words.get(raw) ??
    words.get(trimmed(raw).toLowerCase()) ??
    invalid(raw, `a valid ${name}; it is one of ${field.values.join(', ')}`);
};

/** Words that the table does not have are taken as they come: the other side may be newer. */
export const lenientReader = (field: ScalarField | EnumField, name: string): TextReader => {
  const read = textReader(field, name);
  if (field.kind !== 'enum') return read;
  return (raw) => {
    const value = read(raw);
    return isMistake(value) ? trimmed(raw) : value;
  };
};

/** @param name what the value is called in a refusal */
export const textReader = (field: ScalarField | EnumField, name: string): TextReader =>
  field.kind === 'enum' ? enumReader(field, name) : readers[field.kind];
