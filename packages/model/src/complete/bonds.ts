import { defaultBondOptions, meaningfulOptions, normalisedBondOptions } from '../bond/normalise.ts';
import type { BondChange, Ref } from '../change-set.ts';
import type { BondOption } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import { currentBond } from '../state/current-bond.ts';
import { type Lookup, lookup } from '../state/lookup.ts';
import type { RemovedBond, WantedBond } from './completed.ts';
import { completeNicRef, nicOf } from './references.ts';

/**
 * A bond of the request on top of the stored one of that id, else of that name (rules §2.2 step 6): slaves and options
 * replace the stored ones when given; no options at all are the default ones.
 */
export function wantedBond(state: HostState, change: BondChange): WantedBond {
  const known = lookup(state);
  const stored = (change.id !== null ? known.nicById.get(change.id) : known.nicByName.get(change.name ?? '')) ?? null;
  const current = stored ? currentBond(state, stored) : null;
  const options = change.options ? meaningfulOptions(change.options) : (current?.options ?? []);
  return {
    id: stored?.id ?? change.id,
    name: change.name ?? stored?.name ?? null,
    stored,
    change,
    slaves: change.slaves
      ? change.slaves.map((ref) => ({ ref, name: slaveName(ref, known) }))
      : (current?.slaves ?? []).map((name) => ({ ref: { id: null, name }, name })),
    options: options.length > 0 ? options : defaultBondOptions.map((option) => ({ ...option })),
    path: change.path,
  };
}

/** Unknown slaves keep no name; what they were called stays in the reference, for BOND-07. */
function slaveName(ref: Ref, known: Lookup): string | null {
  return nicOf(completeNicRef(ref, known), known)?.name ?? null;
}

/** A bond to remove; `nic` is null when there is none of that id or name, or the two disagree. */
export function removedBond(state: HostState, removal: Ref & { path: string }): RemovedBond {
  const known = lookup(state);
  const ref = completeNicRef({ id: removal.id, name: removal.name }, known);
  return { ref, nic: nicOf(ref, known), path: removal.path };
}

/**
 * Whether the host already has the bond as wanted: same slaves in any order and the same options in any spelling, both in
 * what was asked for before and in what the host reports.
 */
export function isBondUnchanged(state: HostState, bond: WantedBond): boolean {
  if (bond.stored?.kind !== 'bond' || bond.stored.name !== bond.name) return false;
  const current = currentBond(state, bond.stored);
  const slaves = bond.slaves.map((slave) => slave.name);
  if (!current || !sameSet(current.slaves, slaves) || !sameOptions(current.options, bond.options)) return false;
  if (!state.observed) return true;
  const observed = lookup(state).observedNic.get(bond.stored.name)?.bond;
  return observed !== undefined && observed !== null && sameSet(observed.slaves, slaves) && shows(observed, bond);
}

function shows(observed: { options: Record<string, string> }, bond: WantedBond): boolean {
  const shown = normalisedBondOptions(Object.entries(observed.options).map(([name, value]) => ({ name, value })));
  return [...normalisedBondOptions(bond.options)].every(([name, value]) => (shown.get(name) ?? value) === value);
}

function sameSet(one: readonly string[], other: readonly (string | null)[]): boolean {
  const set = new Set<string | null>(one);
  return set.size === new Set(other).size && other.every((item) => item !== null && set.has(item));
}

function sameOptions(one: readonly BondOption[], other: readonly BondOption[]): boolean {
  const [left, right] = [normalisedBondOptions(one), normalisedBondOptions(other)];
  return one.length === left.size && other.length === right.size && left.size === right.size
    ? [...left].every(([name, value]) => right.get(name) === value)
    : false;
}
