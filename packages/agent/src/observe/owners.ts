/** In whose hands each device is: in one program's, or in nobody's. */
import type { LinkReport, ManagerReport } from '@patchbay/protocol';
import { isClaimed } from '../plan/claims.ts';
import { readAlias } from './ownership.ts';

/** Whoever really acts on it counts: a manager that has not let go comes before the mark that says that it is ours. */
export function withOwners(links: readonly LinkReport[], managers: readonly ManagerReport[]): LinkReport[] {
  return links.map((link) => {
    const manager = managers.find(({ devices }) => devices.includes(link.name))?.name;
    const ours = readAlias(link.alias) !== null || managers.some(({ claims }) => isClaimed(claims, link.name));
    return { ...link, managedBy: manager ?? (ours && link.name !== 'lo' ? 'agent' : 'none') };
  });
}
