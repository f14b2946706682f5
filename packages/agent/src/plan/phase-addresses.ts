/** Phase: addresses arrive where they are wanted, then leave where they are not. */
import type { AddressReport, KernelOp, LinkReport } from '@patchbay/protocol';
import { subnetOf } from '../ip-address.ts';
import { chainBelow } from './chain.ts';
import type { Draft } from './draft.ts';
import type { TargetAddress, TargetLink } from './target.ts';

/** Seconds by which a lifetime in the kernel may lag behind the lease without being renewed in it. */
const LIFETIME_SLACK = 30;

type Trust = Pick<Extract<KernelOp, { kind: 'addr.add' }>, 'nodad' | 'validFor' | 'preferredFor'>;

export function moveAddresses(draft: Draft, which: (link: TargetLink) => boolean): void {
  const links = draft.bottomUp(which);
  for (const wanted of links) addAddresses(draft, wanted);
  for (const wanted of links) leaveOldHolders(draft, wanted);
  for (const wanted of links) removeAddresses(draft, wanted);
  // The kernel may have taken more than it was asked to.
  for (const wanted of links) addAddresses(draft, wanted);
}

function addAddresses(draft: Draft, wanted: TargetLink): void {
  for (const one of wanted.wanted) {
    const link = draft.now(wanted);
    if (link === undefined || (one.family === 6 && link.ipv6Disabled)) continue;
    const held = link.addresses.find(({ address, prefix }) => address === one.address && prefix === one.prefix);
    const trusted = trust(draft, one);
    if (held !== undefined && lastsLongEnough(held.validFor, trusted.validFor)) continue;
    draft.do({ kind: 'addr.add', device: link.name, ...one, ...trusted });
  }
}

/**
 * An IPv6 address that was proven one step before, under the same MAC, is nobody else's. About any other the kernel asks first. It
 * silently drops one that ends when another machine has it, and keeps one without an end and says so: so a lease of ours, which is then
 * declined, has its end only when the asking is over, and is told from a static address by what it has of one until then.
 */
function trust(draft: Draft, { family, address, prefix, validFor }: TargetAddress): Trust {
  if (family === 4) return { nodad: false, validFor };
  if (holders(draft, address).length > 0) return { nodad: true, validFor };
  const leased = draft.before.dhcp.some((lease) => lease.address === `${address}/${prefix}`);
  return leased && validFor !== null
    ? { nodad: false, validFor: null, preferredFor: validFor }
    : { nodad: false, validFor };
}

/** A device that goes in the end still draws the subnet's traffic until its address is gone. */
function leaveOldHolders(draft: Draft, wanted: TargetLink): void {
  for (const { family, address, prefix } of wanted.wanted) {
    for (const name of draft.target.gone) {
      const held = draft.world.get(name)?.addresses.find((one) => one.address === address && one.prefix === prefix);
      if (held !== undefined) draft.do({ kind: 'addr.del', device: name, family, address, prefix, ...peerOf(held) });
    }
  }
}

export function removeAddresses(draft: Draft, wanted: TargetLink): void {
  for (const { family, address, prefix } of wanted.unwanted) {
    const link = draft.now(wanted);
    const held = link?.addresses.find((one) => one.address === address && one.prefix === prefix);
    if (link === undefined || held === undefined) continue;
    const subnet = subnetOf(address, prefix);
    const goes = (one: { address: string }): boolean => wanted.unwanted.some(({ address: of }) => of === one.address);
    const others = [...wanted.wanted, ...link.addresses.filter((one) => !goes(one))].some(
      (one) => one.prefix === prefix && subnetOf(one.address, prefix) === subnet,
    );
    if (family === 4 && others && link.sysctls?.['ipv4/promote_secondaries'] !== '1') {
      draft.do({ kind: 'sysctl.set', key: `net/ipv4/conf/${link.name}/promote_secondaries`, value: '1' });
    }
    draft.do({ kind: 'addr.del', device: link.name, family, address, prefix, ...peerOf(held) });
  }
}

function peerOf({ peer }: Pick<AddressReport, 'peer'>): { peer?: string } {
  return peer === undefined ? {} : { peer };
}

/**
 * Tells the neighbours about addresses that moved to another device, or with their device to other nics: switches send what is for
 * them where they have last heard of their MAC, and a member of a bond that does not lead drops it.
 */
export function announce(draft: Draft, which: (link: TargetLink) => boolean): void {
  const rewired = draft.ops.some((op) => op.kind === 'link.set' && op.master !== undefined);
  for (const { name, wanted } of draft.bottomUp(which)) {
    for (const one of wanted) {
      const before = holders(draft, one.address);
      if (before.length === 0 || draft.world.get(name) === undefined) continue;
      if (before.includes(name) && (!rewired || sameNics(draft, name))) continue;
      draft.do({ kind: 'neighbour.announce', device: name, family: one.family, address: one.address });
    }
  }
}

function sameNics(draft: Draft, name: string): boolean {
  const nics = (links: readonly LinkReport[]): string[] => {
    const chain = chainBelow(links, name);
    return links.filter((link) => link.kind === 'nic' && chain.has(link.name)).map((link) => link.name);
  };
  const before = new Set(nics(draft.before.links));
  const now = nics([...draft.world.links.values()]);
  return now.length === before.size && now.every((nic) => before.has(nic));
}

/** Devices that had the address before the change, known to be nobody else's. */
function holders(draft: Draft, address: string): string[] {
  const has = draft.before.links.filter(({ addresses }) =>
    addresses.some((one) => one.address === address && !one.tentative && !one.dadFailed),
  );
  return has.map(({ name }) => name);
}

/** Whether a lifetime in the kernel is near enough to the one that is wanted; seconds, null for ever. */
export function lastsLongEnough(has: number | null, needs: number | null): boolean {
  if (has === null || needs === null) return has === needs;
  return Math.abs(needs - has) <= Math.max(2, Math.min(LIFETIME_SLACK, needs / 4));
}
