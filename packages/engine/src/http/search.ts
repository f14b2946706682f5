/**
 * The search language of collections (wire 7): `field=value` with `*` as wildcard, numbers also by `<` and `>`, joined by
 * `and` and `or` (`and` binds tighter), a bare value for the name; `sortby field [asc|desc]`, `page n`.
 */
import { Problem } from '../problem.ts';
import type { ApiRequest } from './api.ts';

type Fields = Record<string, unknown>;

/** @param fields what can be searched of an item; a list matches when one of its values does */
export function searched<T>(request: ApiRequest, items: T[], fields: (item: T) => Fields): T[] | Problem {
  const text = request.query.text('search');
  if (text === null || text.trim() === '') return items;
  const tokens = tokenise(text);
  const caseSensitive = request.query.flag('case_sensitive') ?? false;
  const parsed = tokens === null ? null : parse(tokens, caseSensitive);
  if (parsed === null) {
    return new Problem(400, 'SEARCH', 'Operation Failed', `The search expression is not understood: ${text}`);
  }
  const found = items.filter((item) => parsed.matches(fields(item)));
  if (parsed.sortBy !== null) {
    const { field, descending } = parsed.sortBy;
    found.sort((a, b) => compare(fields(a)[field], fields(b)[field]) * (descending ? -1 : 1));
  }
  const size = request.query.int('max') ?? 100;
  return parsed.page === null ? found : found.slice((parsed.page - 1) * size, parsed.page * size);
}

interface Parsed {
  matches: (fields: Fields) => boolean;
  sortBy: { field: string; descending: boolean } | null;
  page: number | null;
}

interface Token {
  text: string;
  quoted: boolean;
}

function tokenise(text: string): Token[] | null {
  const tokens: Token[] = [];
  const pattern = /\s*(?:"([^"]*)"|(<=|>=|!=|=|<|>)|([^\s"=<>!]+))/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    tokens.push({ text: match[1] ?? match[2] ?? match[3] ?? '', quoted: match[1] !== undefined });
  }
  return tokens;
}

function parse(tokens: Token[], caseSensitive: boolean): Parsed | null {
  const result: Parsed = { matches: () => true, sortBy: null, page: null };
  const alternatives: ((fields: Fields) => boolean)[][] = [[]];
  let at = 0;
  const word = () => {
    const token = tokens[at];
    return token === undefined || token.quoted ? '' : token.text.toLowerCase();
  };
  const value = () => tokens[at++]?.text ?? null;
  while (at < tokens.length) {
    if (word() === 'sortby') {
      at++;
      const field = value()?.toLowerCase();
      if (field === undefined) return null;
      const descending = word() === 'desc';
      if (descending || word() === 'asc') at++;
      result.sortBy = { field, descending };
    } else if (word() === 'page') {
      at++;
      const page = Number(value());
      if (!Number.isInteger(page) || page < 1) return null;
      result.page = page;
    } else if (word() === 'or') {
      at++;
      alternatives.push([]);
    } else if (word() === 'and') {
      at++;
    } else {
      const negated = word() === 'not';
      if (negated) at++;
      const first = value();
      if (first === null || /^[<>=!]+$/.test(first)) return null;
      const relation = tokens[at]?.quoted === false && /^[<>=!]+$/.test(tokens[at]?.text ?? '') ? value() : null;
      const operand = relation === null ? first : value();
      if (operand === null) return null;
      const field = relation === null ? 'name' : first.toLowerCase();
      const test = condition(field, relation ?? '=', operand, caseSensitive);
      alternatives.at(-1)?.push(negated ? (fields) => !test(fields) : test);
    }
  }
  const branches = alternatives.filter((branch) => branch.length > 0);
  if (branches.length > 0) result.matches = (fields) => branches.some((all) => all.every((test) => test(fields)));
  return result;
}

function condition(field: string, relation: string, operand: string, caseSensitive: boolean) {
  return (fields: Fields): boolean => {
    const actual = [fields[field] ?? fields[field.split('.').at(-1) ?? '']].flat();
    const like = (a: unknown) => matches(String(a ?? ''), operand, caseSensitive);
    switch (relation) {
      case '=':
        return actual.some(like);
      case '!=':
        return !actual.some(like);
      case '<':
        return actual.some((a) => compare(a, operand) < 0);
      case '>':
        return actual.some((a) => compare(a, operand) > 0);
      case '<=':
        return actual.some((a) => compare(a, operand) <= 0);
      default:
        return actual.some((a) => compare(a, operand) >= 0);
    }
  };
}

/** `*` stands for any text. Piece by piece, because a regular expression made of a client's text can take for ever. */
function matches(text: string, pattern: string, caseSensitive: boolean): boolean {
  const [value, wanted] = caseSensitive ? [text, pattern] : [text.toLowerCase(), pattern.toLowerCase()];
  const pieces = wanted.split('*');
  const [first = ''] = pieces;
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return value === wanted;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= value.length - last.length;
}

function compare(a: unknown, b: unknown): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return String(a ?? '').localeCompare(String(b ?? ''));
}
