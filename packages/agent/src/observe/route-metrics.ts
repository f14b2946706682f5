/** What a route says to the connections over it, such as how large their packets and their first windows are. */
import { type Json, number } from './links.ts';

/** Those that `ip` takes as it shows them: bytes, segments or hops. Times, which it takes with a unit, and locks are not among them. */
export const routeMetrics: ReadonlySet<string> = new Set(
  'mtu advmss window initcwnd initrwnd ssthresh reordering hoplimit quickack'.split(' '),
);

/** @param value a list, of which each part names some; null when there are none */
export function parseMetrics(value: unknown): Record<string, number> | null {
  const parts = Array.isArray(value) ? (value as Json[]) : [];
  const found = parts.flatMap((part) =>
    Object.entries(part ?? {}).flatMap(([name, given]): [string, number][] => {
      const one = number(given);
      return one === null || !routeMetrics.has(name) ? [] : [[name, one]];
    }),
  );
  return found.length === 0 ? null : Object.fromEntries(found);
}
