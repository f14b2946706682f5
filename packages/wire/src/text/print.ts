import type { EnumField, ScalarField } from '../types/field.ts';

/** How a value becomes text: `text` must be escaped, the others are plain ASCII. */
export type Print = 'text' | 'word' | 'number' | 'date';

export const printOf = (field: ScalarField | EnumField): Print => {
  if (field.kind === 'string' || field.kind === 'secret') return 'text';
  if (field.kind === 'decimal') return 'number';
  return field.kind === 'date' ? 'date' : 'word';
};

/** A number without an exponent, digit for digit what JavaScript would print with one. */
export function decimalText(value: number): string {
  const text = String(value);
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!parts) return text;
  const [, sign = '', head = '', tail = '', power = '0'] = parts;
  const digits = head + tail;
  const point = 1 + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}

/** ISO 8601 with milliseconds, in UTC. */
export const dateText = (milliseconds: number): string => new Date(milliseconds).toISOString();
