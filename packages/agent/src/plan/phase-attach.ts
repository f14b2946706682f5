/** Phase: links become members of bonds and ports of bridges, or leave them. */
import type { LinkReport } from '@patchbay/protocol';
import { byName } from '../by-name.ts';
import { PER_PORT } from '../observe/bridge-options.ts';
import { hasOwnMac } from './apply-bond.ts';
import { bondChanges, mustBeEmptied, needs, settlingOp } from './differences.ts';
import type { Draft } from './draft.ts';
import { removeAddresses } from './phase-addresses.ts';
import type { TargetLink } from './target.ts';

/**
 * Nics join their bonds. New members come before old ones leave, and no bond that keeps members is empty in between.
 * @param round `before` the addresses move: all but the nics through which the engine is reached now; `after`: those too
 */
export function attachMembers(draft: Draft, which: (link: TargetLink) => boolean, round: 'before' | 'after'): void {
  emptyBonds(draft, which);
  const pending = draft
    .bottomUp((wanted) => which(wanted) && joins(draft, wanted))
    .filter((wanted) => round === 'after' || !draft.pathNow.has(wanted.name) || isMember(draft, wanted))
    .sort((a, b) => byName(a.name, b.name));
  while (pending.length > 0) {
    const spare = pending.findIndex((wanted) => !wouldEmpty(draft, wanted));
    const [wanted] = pending.splice(Math.max(spare, 0), 1);
    if (wanted !== undefined) join(draft, wanted);
  }
}

/**
 * New bonds and VLAN devices on the new way to the engine come up before they get members or become ports. A kernel passes on at
 * once that a bond has a carrier when the bond was up as it got it, else within a second; and what is sent into a bridge
 * while its only port does not run yet is lost, and who asks for a neighbour then asks again after a second.
 */
export function openNewWay(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp((link) => which(link) && draft.isArriving(link) && link.kind !== 'bridge')) {
    const { name } = wanted;
    if (draft.stood.has(name)) continue;
    if (settlingOp(draft, wanted).up === true) draft.do({ kind: 'link.set', name, up: true });
  }
}

function joins(draft: Draft, wanted: TargetLink): boolean {
  const link = draft.now(wanted);
  if (link === undefined || typeof wanted.master !== 'string' || link.master === wanted.master) return false;
  return draft.world.get(wanted.master)?.kind === 'bond';
}

/** A nic that a bond holds already carries nothing by itself. */
function isMember(draft: Draft, wanted: TargetLink): boolean {
  return draft.world.get(draft.now(wanted)?.master ?? null)?.kind === 'bond';
}

/** Whether the nic is the last member of a bond that shall have others, which are still to come. */
function wouldEmpty(draft: Draft, wanted: TargetLink): boolean {
  const old = draft.world.get(draft.now(wanted)?.master ?? null);
  if (old?.kind !== 'bond' || !draft.target.links.has(old.name)) return false;
  return draft.world.ports(old.name).length === 1;
}

function join(draft: Draft, wanted: TargetLink): void {
  const link = draft.now(wanted);
  if (link === undefined || typeof wanted.master !== 'string') return;
  removeAddresses(draft, wanted);
  if (link.adminUp) draft.do({ kind: 'link.set', name: link.name, up: false });
  const { alias } = settlingOp(draft, wanted);
  draft.do({ kind: 'link.set', name: link.name, master: wanted.master, ...(alias === undefined ? {} : { alias }) });
}

/**
 * A bond keeps its preferred member in mind even while that nic is elsewhere or the mode knows no preference; so the word is
 * taken back as long as it can be seen.
 */
export function forgetPrimaries(draft: Draft): void {
  for (const wanted of draft.bottomUp(({ kind }) => kind === 'bond')) {
    const primary = draft.now(wanted)?.bond?.options['primary'] ?? '';
    if (primary === '' || wanted.bond === undefined || wanted.bond['primary'] === primary) continue;
    draft.do({ kind: 'bond.option', name: wanted.name, option: 'primary', value: '' });
  }
}

/** Takes a bond apart whose mode or MAC policy changes: the kernel lets them change only on an empty bond that is down. */
function emptyBonds(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp((link) => link.kind === 'bond' && which(link))) {
    const link = draft.now(wanted);
    if (link === undefined || !mustBeEmptied(draft, wanted)) continue;
    for (const { name } of draft.world.ports(link.name)) {
      draft.do({ kind: 'link.set', name, up: false });
      draft.do({ kind: 'link.set', name, master: null });
    }
    const wasUp = link.adminUp;
    if (wasUp) draft.do({ kind: 'link.set', name: link.name, up: false });
    const set = (change: { option: string; value: string }) =>
      draft.do({ kind: 'bond.option', name: link.name, ...change });
    for (const change of ofOldMode(draft, wanted, link)) set(change);
    if (wanted.mac !== undefined) {
      if (!hasOwnMac(link.bond?.options ?? {})) set({ option: 'fail_over_mac', value: 'none' });
      draft.do({ kind: 'link.set', name: link.name, mac: wanted.mac });
    }
    for (const change of bondChanges(wanted, link)) if (needs(draft, change.option) === 'no-slaves') set(change);
  }
}

/** What only the old mode lets change returns to what a new bond has, for the kernel would keep it and nobody could see it. */
function ofOldMode({ world }: Draft, wanted: TargetLink, { bond }: LinkReport): { option: string; value: string }[] {
  const [before, after] = [bond?.options['mode'] ?? '', wanted.bond?.['mode'] ?? ''];
  const { settable = {}, fresh = {} } = world.offers.bond ?? {};
  const lost = (settable[before] ?? []).filter((option) => !settable[after]?.includes(option) && option !== 'primary');
  return lost.flatMap((option) => {
    const value = fresh[before]?.[option];
    return value === undefined || bond?.options[option] === value ? [] : [{ option, value }];
  });
}

/** A bridge counts per port only what was told before a port is there, so its port leaves for a moment. */
export function emptyBridges(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp((link) => link.kind === 'bridge' && which(link))) {
    const link = draft.now(wanted);
    if (link === undefined || !mustBeEmptied(draft, wanted)) continue;
    for (const { name } of draft.world.ports(link.name)) leave(draft, name);
    draft.do({ kind: 'bridge.option', name: link.name, option: PER_PORT, value: wanted.bridge?.[PER_PORT] ?? '' });
  }
}

/** Links whose new place is free-standing, and old ports of a bridge that gets a new one, leave. */
export function releasePorts(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp((link) => which(link) && link.master === null)) {
    const link = draft.now(wanted);
    if (link !== undefined && link.master !== null) leave(draft, link.name);
  }
}

/**
 * Where a bond of the old way to the engine hands a nic on to the new one, its other members leave it first. So the bond sends by
 * that nic in the end, and switches find the host there from then on; else they would look for it at a member that carries nothing.
 */
export function leaveToOne(draft: Draft): void {
  const members = draft.bottomUp((link) => {
    const master = draft.now(link)?.master ?? null;
    return draft.pathNow.has(link.name) && link.master !== master && draft.world.get(master)?.kind === 'bond';
  });
  const handedOn = members.filter((link) => draft.isArriving(link)).map((link) => draft.now(link)?.master);
  for (const wanted of members) {
    if (!draft.isArriving(wanted) && handedOn.includes(draft.now(wanted)?.master)) leave(draft, wanted.name);
  }
}

function leave(draft: Draft, name: string): void {
  const link = draft.world.get(name);
  // A member goes down first: otherwise a switch may take its last words for those of the bond.
  if (draft.world.get(link?.master ?? null)?.kind === 'bond' && link?.adminUp) {
    draft.do({ kind: 'link.set', name, up: false });
  }
  draft.do({ kind: 'link.set', name, master: null });
}

/** Nics, bonds and VLAN devices become the port of their bridge. The port that they replace leaves first, so that no loop closes. */
export function attachPorts(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp(which)) {
    const link = draft.now(wanted);
    const bridge = draft.world.get(wanted.master ?? null);
    if (link === undefined || bridge?.kind !== 'bridge' || link.master === bridge.name) continue;
    for (const port of draft.world.ports(bridge.name)) {
      const known = draft.target.links.get(port.name);
      if (draft.target.gone.has(port.name) || (known !== undefined && known.master !== bridge.name)) {
        leave(draft, port.name);
      }
    }
    if (draft.world.get(link.master)?.kind === 'bond') leave(draft, link.name);
    draft.do({ ...settlingOp(draft, wanted), master: bridge.name });
  }
}
