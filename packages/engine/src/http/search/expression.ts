/**
 * The search language of collections (wire 7), read into a tree:
 * `[criteria] [sortby field [asc|desc]] [page n]`, where criteria are `[not] [[object.]field relation] value` joined by
 * `and` and `or`; `and` binds tighter, and stands between two that nothing joins.
 */

export type Relation = '=' | '!=' | '<' | '>' | '<=' | '>=';

export interface Condition {
  /** Lower case, with the related object before a dot; null when a value stands alone. */
  field: string | null;
  relation: Relation;
  value: string;
  /** Offsets of field and value in the expression. */
  at: { field: number; value: number };
}

export type Criteria = { all: Criteria[] } | { any: Criteria[] } | { not: Criteria } | { is: Condition };

export interface Search {
  criteria: Criteria | null;
  sortBy: { field: string; descending: boolean; at: number } | null;
  /** From 1. */
  page: number | null;
}

/** What is wrong with an expression, and where. */
export class SearchMistake {
  readonly at: number;
  readonly message: string;

  constructor(at: number, message: string) {
    this.at = at;
    this.message = message;
  }
}

interface Token {
  text: string;
  kind: 'word' | 'quoted' | 'relation';
  at: number;
}

const pattern = /\s*(?:"([^"]*)"|(<=|>=|!=|=|<|>)|([^\s"=<>!]+))/y;

function tokenise(text: string): Token[] | SearchMistake {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  pattern.lastIndex = 0;
  for (let at = 0; at < end; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    if (match === null) {
      return new SearchMistake(
        start,
        text[start] === '"' ? 'this quote is never closed' : `${text[start]} is not expected`,
      );
    }
    const [, quoted, relation, word] = match;
    tokens.push(
      quoted !== undefined
        ? { text: quoted, kind: 'quoted', at: start }
        : { text: relation ?? word ?? '', kind: relation === undefined ? 'word' : 'relation', at: start },
    );
  }
  return tokens;
}

export function parseSearch(text: string): Search | SearchMistake {
  const tokens = tokenise(text);
  return tokens instanceof SearchMistake ? tokens : new Parser(tokens, text.length).search();
}

/** Conditions that one expression has, each `not` counted: a database looks into an expression only so deep. */
const most = 200;

const keywords = new Set(['and', 'or', 'not', 'sortby', 'page']);

/** Thrown at the first mistake and caught in `search`. */
class Wrong extends Error {
  readonly mistake: SearchMistake;
  constructor(at: number, message: string) {
    super(message);
    this.mistake = new SearchMistake(at, message);
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;
  #terms = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  search(): Search | SearchMistake {
    try {
      const criteria = this.#done() || this.#sees('sortby') || this.#sees('page') ? null : this.#alternatives();
      const sortBy = this.#takes('sortby') ? this.#sortBy() : null;
      const page = this.#takes('page') ? this.#page() : null;
      if (!this.#done()) this.#wrong('nothing more is expected here');
      return { criteria, sortBy, page };
    } catch (error) {
      if (error instanceof Wrong) return error.mistake;
      throw error;
    }
  }

  #alternatives(): Criteria {
    const any = [this.#conjunction()];
    while (this.#takes('or')) any.push(this.#conjunction());
    return any.length === 1 && any[0] !== undefined ? any[0] : { any };
  }

  #conjunction(): Criteria {
    const all = [this.#term()];
    while (this.#takes('and') || !(this.#done() || this.#sees('or') || this.#sees('sortby') || this.#sees('page'))) {
      all.push(this.#term());
    }
    return all.length === 1 && all[0] !== undefined ? all[0] : { all };
  }

  #term(): Criteria {
    if (++this.#terms > most)
      this.#wrong(`an expression has ${most} conditions at most, each not counted; ask for less`);
    return this.#takes('not') ? { not: this.#term() } : { is: this.#condition() };
  }

  #condition(): Condition {
    const first = this.#word('a field or a value');
    const relation = this.#tokens[this.#next];
    if (relation?.kind !== 'relation') {
      return { field: null, relation: '=', value: first.text, at: { field: first.at, value: first.at } };
    }
    if (first.kind === 'quoted') this.#wrong('a field is not quoted', first.at);
    this.#next++;
    const value = this.#word('a value');
    return {
      field: first.text.toLowerCase(),
      relation: relation.text as Relation,
      value: value.text,
      at: { field: first.at, value: value.at },
    };
  }

  #sortBy(): Search['sortBy'] {
    const { text, at } = this.#word('a field');
    const descending = this.#takes('desc');
    if (!descending) this.#takes('asc');
    return { field: text.toLowerCase(), descending, at };
  }

  #page(): number {
    const { text, at } = this.#word('a number');
    if (!/^[1-9]\d{0,8}$/.test(text)) this.#wrong('a page is a number from 1', at);
    return Number(text);
  }

  #word(what: string): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) return this.#wrong(`${what} is missing`);
    const keyword = token.kind === 'word' && keywords.has(token.text.toLowerCase());
    if (token.kind === 'relation' || keyword) return this.#wrong(`${what} is expected, not ${token.text}`);
    this.#next++;
    return token;
  }

  #done(): boolean {
    return this.#next >= this.#tokens.length;
  }

  #sees(keyword: string): boolean {
    const token = this.#tokens[this.#next];
    return token?.kind === 'word' && token.text.toLowerCase() === keyword;
  }

  #takes(keyword: string): boolean {
    const sees = this.#sees(keyword);
    if (sees) this.#next++;
    return sees;
  }

  #wrong(message: string, at = this.#tokens[this.#next]?.at ?? this.#end): never {
    throw new Wrong(at, message);
  }
}
