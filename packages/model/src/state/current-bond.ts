import { bondOptionValue } from '../bond/normalise.ts';
import { bondOptionProblem } from '../bond/option-problem.ts';
import type { BondOption, Nic } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import { lookup } from './lookup.ts';

/**
 * Slaves and options of a bond as they stand: what was asked for, or what the host reports of a bond nobody asked for;
 * null for anything that is not a bond.
 */
export function currentBond(state: HostState, nic: Nic): { slaves: string[]; options: BondOption[] } | null {
  if (nic.kind !== 'bond') return null;
  if (nic.bond) return nic.bond;
  const observed = lookup(state).observedNic.get(nic.name)?.bond;
  return observed
    ? { slaves: [...observed.slaves], options: settable(observed.options, observed.slaves) }
    : { slaves: [], options: [] };
}

/** The kernel shows every option it knows; only those that mean something in the bond's mode can be asked for. */
function settable(shown: Record<string, string>, slaves: string[]): BondOption[] {
  const options = new Map(Object.entries(shown).map(([name, value]) => [name, bondOptionValue(name, value)]));
  return [...options]
    .filter(([name, value]) => value !== '' && bondOptionProblem(name, value, options, slaves) === null)
    .map(([name, value]) => ({ name, value }));
}
