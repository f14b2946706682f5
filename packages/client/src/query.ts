/** Options of a call as the query of its address. */
import { type Operation, type ParameterName, parameters } from '@patchbay/wire/client';

export interface Given {
  /** With its question mark, or empty. */
  readonly query: string;
  readonly signal: AbortSignal | undefined;
  readonly preview: boolean;
}

const kinds = { text: 'string', number: 'number', flag: 'boolean' } as const;

/**
 * @throws TypeError for an option that the operation does not have or that is of another kind: a change whose `preview` is
 *   misspelt must not be carried out
 */
export function readOptions({ parameters: taken }: Operation, options: unknown): Given {
  if (typeof options !== 'object' || options === null) throw new TypeError('Options must be an object.');
  const { signal, ...named } = options as { signal?: AbortSignal } & Record<string, unknown>;
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal.');
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(named)) {
    if (value === undefined) continue;
    if (!isTaken(taken, name)) {
      throw new TypeError(`There is no option ${name} here; there are: ${[...taken, 'signal'].join(', ')}.`);
    }
    query.set(name, textOf(name, value));
  }
  const text = query.toString();
  return { query: text === '' ? '' : `?${text}`, signal, preview: named['preview'] === true };
}

const isTaken = (taken: readonly ParameterName[], name: string): name is ParameterName =>
  (taken as readonly string[]).includes(name);

function textOf(name: ParameterName, value: unknown): string {
  const expected = kinds[parameters[name].kind];
  if (name === 'follow' && Array.isArray(value)) return value.join(',');
  if (typeof value === expected && !Number.isNaN(value)) return String(value);
  throw new TypeError(`The option ${name} must be a ${expected}, not ${JSON.stringify(value)}.`);
}
