/** Routing tables for source routing: unique, and chosen from nothing but what the kernel shows. */

import type { KernelState } from '../kernel.ts';
import { FIRST_TABLE, isOurTable } from '../observe/ownership.ts';

/**
 * A subnet keeps the table that its rules name, a device the one that its routes are in; otherwise the first free one.
 * Two networks may have one subnet: then each keeps the table of its own device.
 * @param others devices of the target's other networks
 * @param taken tables that other networks of the same target have
 */
export function tableFor(
  state: Pick<KernelState, 'routes' | 'rules'>,
  subnet: string,
  device: string,
  others: ReadonlySet<string>,
  taken: ReadonlySet<number>,
): number {
  const holding = (devices: ReadonlySet<string>) =>
    new Set(state.routes.filter((route) => devices.has(route.device ?? '')).map(({ table }) => table));
  const [own, foreign] = [holding(new Set([device])), holding(others)];
  const byRule = state.rules.filter(({ from, to }) => from === subnet || to === subnet).map(({ table }) => table);
  const kept = [
    ...byRule.filter((table) => own.has(table)),
    ...byRule.filter((table) => !foreign.has(table)),
    ...own,
  ].find((table) => isOurTable(table) && !taken.has(table));
  if (kept !== undefined) return kept;
  const used = new Set([...state.rules, ...state.routes].map(({ table }) => table));
  let table = FIRST_TABLE;
  while (used.has(table) || taken.has(table)) table++;
  return table;
}
