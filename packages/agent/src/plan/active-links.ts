/** Which links a plan has to look at: those that differ, and those that feel what is done to them. */
import { bondChanges, bridgeChanges, mustBeEmptied, mustBeUnsealed, settlingOp, sysctlChanges } from './differences.ts';
import type { Draft } from './draft.ts';
import type { TargetLink } from './target.ts';

/**
 * What is done to a link is felt by the VLAN devices on it, by the bond or bridge it is a port of, and by a bond's members;
 * never by its base. So on a host with a thousand networks a change of one is planned as quickly as on an empty host.
 */
export function activeLinks(draft: Draft): Set<string> {
  const { world, target } = draft;
  const active = new Set<string>();
  const feel = (name: string): void => {
    if (active.has(name)) return;
    active.add(name);
    for (const vlan of world.vlansOn(name)) feel(vlan.name);
    const link = world.get(name);
    if (link?.kind === 'bond') for (const member of world.ports(name)) feel(member.name);
    for (const master of [link?.master, target.links.get(name)?.master]) if (typeof master === 'string') feel(master);
  };
  for (const wanted of target.links.values()) {
    if (isSettled(draft, wanted)) continue;
    feel(wanted.name);
    if (mustBeEmptied(draft, wanted)) for (const port of world.ports(wanted.name)) feel(port.name);
  }
  for (const name of target.gone) feel(name);
  return active;
}

function isSettled(draft: Draft, wanted: TargetLink): boolean {
  const link = draft.now(wanted);
  if (link === undefined || link.kind !== wanted.kind) return false;
  if (wanted.kind === 'vlan' && (link.base !== wanted.base || link.vlan !== wanted.vlan)) return false;
  if (wanted.master !== undefined && wanted.master !== link.master) return false;
  if (wanted.mtu !== undefined && wanted.mtu !== link.mtu) return false;
  if (mustBeUnsealed(wanted, link) || Object.keys(settlingOp(draft, wanted)).length > 2) return false;
  if (bondChanges(wanted, link).length > 0 || bridgeChanges(draft, wanted, link).length > 0) return false;
  if (sysctlChanges(draft, wanted, link).length > 0) return false;
  const has = (one: { address: string; prefix: number }) =>
    link.addresses.find(({ address, prefix }) => address === one.address && prefix === one.prefix);
  return (
    !wanted.unwanted.some((one) => has(one) !== undefined) &&
    wanted.wanted.every((one) => {
      const held = has(one);
      return held !== undefined && held.validFor === one.validFor;
    })
  );
}
