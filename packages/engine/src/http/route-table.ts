/** Finds the route that serves an address, for those who answer a request by asking the engine's own addresses. */
import type { Route } from './api.ts';

export interface Served {
  route: Route;
  params: Record<string, string>;
}

interface Node {
  fixed: Map<string, Node>;
  parameter: Node | null;
  served: { route: Route; names: string[] } | null;
}

const node = (): Node => ({ fixed: new Map(), parameter: null, served: null });

const segments = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/** The GET routes by the segments of their paths; a fixed segment goes before a parameter. */
export class RouteTable {
  readonly #root = node();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (route.method !== 'GET') continue;
      let at = this.#root;
      const names: string[] = [];
      for (const segment of segments(route.path)) {
        if (segment.startsWith(':')) {
          names.push(segment.slice(1));
          at.parameter ??= node();
          at = at.parameter;
        } else {
          const next = at.fixed.get(segment) ?? node();
          at.fixed.set(segment, next);
          at = next;
        }
      }
      at.served = { route, names };
    }
  }

  /** @param path below the base */
  find(path: string): Served | null {
    let at = this.#root;
    const values: string[] = [];
    for (const segment of segments(path)) {
      const fixed = at.fixed.get(segment);
      if (fixed === undefined && at.parameter === null) return null;
      if (fixed === undefined) values.push(decodeURIComponent(segment));
      at = fixed ?? at.parameter ?? at;
    }
    if (at.served === null) return null;
    const { route, names } = at.served;
    return { route, params: Object.fromEntries(names.map((name, i) => [name, values[i] ?? ''])) };
  }
}
