/** Routing tables for source routing: unique, and chosen from nothing but what the kernel shows. */

import type { KernelState } from '../kernel.ts';
import { FIRST_TABLE, isOurTable } from '../observe/ownership.ts';

/**
 * A subnet keeps the table that its rules name, a device the one that its routes are in; otherwise the first free one.
 * Two networks may have one subnet: then each keeps the table in which its own device is.
 * @param taken tables that other networks of the same target have
 */
export function tableFor(
  state: Pick<KernelState, 'routes' | 'rules'>,
  subnet: string,
  device: string,
  taken: ReadonlySet<number>,
): number {
  const byRule = state.rules.filter(({ from, to }) => from === subnet || to === subnet);
  const byDevice = state.routes.filter((route) => route.device === device);
  const own = new Set(byDevice.map(({ table }) => table));
  const both = byRule.filter(({ table }) => own.has(table));
  for (const { table } of [...both, ...byRule, ...byDevice]) if (isOurTable(table) && !taken.has(table)) return table;
  const used = new Set([...state.rules, ...state.routes].map(({ table }) => table));
  let table = FIRST_TABLE;
  while (used.has(table) || taken.has(table)) table++;
  return table;
}
