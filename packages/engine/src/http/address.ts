/**
 * Where a request is addressed: the base path the client used, the version, and the path below it. Matrix parameters of
 * the last segment become query parameters, so that everything behind sees one kind (wire 1.1, 1.3).
 */

export interface ApiAddress {
  /** What hrefs start with. */
  base: string;
  /** Version forced by the path, or null. */
  pathVersion: number | null;
}

const bases = /^(\/ovirt-engine\/api|\/api)(?:\/v(\d+))?(?=\/|$|;)/;

/** @returns null when the path is not the API's; otherwise the path below the base with the query, always starting with `/` */
export function parseAddress(url: string): { address: ApiAddress; path: string } | null {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  const match = bases.exec(path);
  if (match === null) return null;
  const below = path.slice(match[0].length).replace(/\/+$/, '') || '/';
  const [plain, matrix] = splitMatrix(below);
  const parameters = [query, ...matrix].filter((p) => p !== '').join('&');
  return {
    address: { base: match[0], pathVersion: match[2] === undefined ? null : Number(match[2]) },
    path: parameters === '' ? plain : `${plain}?${parameters}`,
  };
}

function splitMatrix(path: string): [string, string[]] {
  const segments = path.split('/');
  const last = segments.pop() ?? '';
  const [name = '', ...matrix] = last.split(';');
  const plain = [...segments.map((s) => s.split(';', 1)[0] ?? ''), name].join('/');
  return [plain === '' ? '/' : plain, matrix];
}

/** Query parameters as oVirt reads them: nonsense counts as missing. */
export class Query {
  readonly #values: URLSearchParams;

  constructor(text: string) {
    this.#values = new URLSearchParams(text);
  }

  text(name: string): string | null {
    return this.#values.get(name);
  }

  /** Present without a value is true. */
  flag(name: string): boolean | null {
    return flagOf(this.#values.get(name));
  }

  int(name: string): number | null {
    const value = this.#values.get(name);
    return value !== null && /^-?\d{1,9}$/.test(value) ? Number(value) : null;
  }
}

/** A boolean of a parameter or header: nonsense counts as missing. */
export function flagOf(value: string | null | undefined): boolean | null {
  if (value === null || value === undefined) return null;
  if (/^(|true|t|yes|y|1)$/i.test(value)) return true;
  return /^(false|f|no|n|0)$/i.test(value) ? false : null;
}
