/** What a searched value is, and how it is compared. Texts know equality and wildcards; everything else has an order. */
import { type Condition, SearchMistake } from './expression.ts';
import { own } from './own.ts';
import { matchesPattern } from './pattern.ts';

/** `unknown` is what oVirt has and nothing here has a value for: every question may be asked of it. */
export type Kind = 'text' | 'number' | 'boolean' | 'time' | 'severity' | 'unknown';

export type Value = string | number | boolean | null | undefined;

const severities = ['normal', 'warning', 'error', 'alert'];

/** What a condition compares with, as the field's kind has it. */
export type Operand = { pattern: string } | { number: number } | { boolean: boolean } | { severity: number };

const day = 86_400_000;

/** @param now epoch milliseconds, for `today` and `yesterday` */
export function operandOf(kind: Kind, { relation, value, at }: Condition, now: number): Operand | SearchMistake {
  const wrong = (what: string) => new SearchMistake(at.value, `${what}, not ${value}`);
  const ordered = relation !== '=' && relation !== '!=';
  switch (kind) {
    case 'unknown':
      return { pattern: value };
    case 'text':
      return ordered
        ? new SearchMistake(at.field, `a text is compared by = and !=, not by ${relation}`)
        : { pattern: value };
    case 'boolean':
      if (ordered) return new SearchMistake(at.field, `true and false are compared by = and !=, not by ${relation}`);
      if (/^(true|t|yes|y|1)$/i.test(value)) return { boolean: true };
      return /^(false|f|no|n|0)$/i.test(value) ? { boolean: false } : wrong('true or false is expected');
    case 'number':
      if (!ordered && value.includes('*')) return { pattern: value };
      return /^-?\d+(\.\d+)?$/.test(value) ? { number: Number(value) } : wrong('a number is expected');
    case 'time': {
      const start = Math.floor(now / day) * day;
      const named: Record<string, number> = { today: start, yesterday: start - day };
      const time = own(named, value.toLowerCase()) ?? Date.parse(value);
      return Number.isNaN(time)
        ? wrong('a time is expected, such as 2026-05-31T10:00:00Z, today or yesterday')
        : { number: time };
    }
    case 'severity': {
      const rank = severities.indexOf(value.toLowerCase());
      return rank < 0 ? wrong(`one of ${severities.join(', ')} is expected`) : { severity: rank };
    }
  }
}

/** Severities from the given one on, in the direction of the relation; what a database can look for. */
export function severitiesBy(relation: Condition['relation'], rank: number): string[] {
  return severities.filter((_, at) => holds(relation, at - rank));
}

export function holds(relation: Condition['relation'], difference: number): boolean {
  switch (relation) {
    case '=':
      return difference === 0;
    case '!=':
      return difference !== 0;
    case '<':
      return difference < 0;
    case '>':
      return difference > 0;
    case '<=':
      return difference <= 0;
    default:
      return difference >= 0;
  }
}

/** Whether one of the values is what the condition says; of `!=`, whether none is equal. */
export function satisfies(values: readonly Value[], { relation }: Condition, operand: Operand, caseSensitive: boolean) {
  const equal = (value: Value): boolean => {
    if ('pattern' in operand) return matchesPattern(String(value ?? ''), operand.pattern, caseSensitive);
    if ('boolean' in operand) return (value ?? false) === operand.boolean;
    return difference(value, operand) === 0;
  };
  if (relation === '=') return values.some(equal);
  if (relation === '!=') return !values.some(equal);
  return values.some((value) => value != null && holds(relation, difference(value, operand)));
}

function difference(value: Value, operand: Operand): number {
  if ('severity' in operand) return severities.indexOf(String(value)) - operand.severity;
  return 'number' in operand && value != null ? Number(value) - operand.number : Number.NaN;
}

/** For `sortby`: numbers by size, texts by the alphabet, what is absent first. */
export function compareValues(a: Value, b: Value): number {
  if (a == null || b == null) return Number(a != null) - Number(b != null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
