/** Which MAC each bond and bridge got, so that it has the same after a boot, whichever nic comes first then. Pure. */
import type { HostConfig, LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';

export interface KeptMac {
  mac: string;
  /** Permanent MACs of the nics that it has ever stood on: without any of them it is another device, perhaps of another machine. */
  nics: string[];
}

/** By the name of the bond or bridge. */
export type KeptMacs = Readonly<Record<string, KeptMac>>;

/**
 * What is to be kept of a config's bonds, and of the bridges on those whose MAC is that of their active nic; of one that is not there, or
 * stands on nothing now, what was kept `before`.
 */
export function macsToKeep({ links }: KernelState, { bonds, networks }: HostConfig, before: KeptMacs): KeptMacs {
  const known = new Map(links.map((link) => [link.name, link]));
  const steady = Object.entries(networks).flatMap(([name, { bridged, base }]) =>
    bridged && base !== null && Object.hasOwn(bonds, base) && !isLeading(known.get(base))
      ? [[name, base] as const]
      : [],
  );
  const all = [...Object.keys(bonds).map((name) => [name, name] as const), ...steady];
  const kept = all.flatMap(([name, bond]) => {
    const former = Object.hasOwn(before, name) ? before[name] : undefined;
    const mac = known.get(name)?.mac ?? null;
    const nics = links.flatMap((link) => (link.master === bond ? (ownMac(link) ?? []) : []));
    if (mac === null || nics.length === 0) return former === undefined ? [] : [[name, former] as const];
    return [[name, { mac, nics: [...new Set([...nics, ...(former?.nics ?? [])])].sort() }] as const];
  });
  return Object.fromEntries(kept);
}

/** Whether what stands on a bond has the MAC of the bond. */
function isLeading(bond: LinkReport | undefined): boolean {
  return bond?.bond != null && bond.bond.options['fail_over_mac'] !== 'active';
}

/** What was kept of those that a config has: one that was removed and is made again is a new one. */
export function macsOf({ bonds, networks }: HostConfig, kept: KeptMacs): KeptMacs {
  const has = (name: string) => Object.hasOwn(bonds, name) || Object.hasOwn(networks, name);
  return Object.fromEntries(Object.entries(kept).filter(([name]) => has(name)));
}

/** MAC of a nic itself, not the one that its bond lends it. */
export function ownMac(link: LinkReport | undefined): string | null {
  if (link === undefined) return null;
  return link.slave === null ? link.mac : (link.permanentMac ?? link.mac);
}
