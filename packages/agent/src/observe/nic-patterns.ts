/** Which links are nics of the host's, by their names: what machines, containers and radios have is not for networks. */
import type { HostConfig, LinkReport } from '@patchbay/protocol';

/** Names with `*` for anything and `?` for one character. */
export interface NicPatterns {
  /** Nics that are not shown. */
  hidden: readonly string[];
  /** Dummy, macvlan and veth devices that are nics like those of hardware. */
  fake: readonly string[];
}

/** As hosts of oVirt have them. */
export const usualNicPatterns: NicPatterns = { hidden: ['w*', 'usb*'], fake: ['dummy_*', 'veth_*'] };

/** Names that managers of containers and machines give to their ends of cables. */
const PLUMBING = ['veth*', 'cali*', 'cni*', 'docker*', 'lxc*', 'vnet*'];
const FAKES = new Set(['dummy', 'macvlan']);

/** Makes nics of fake ones, in place. */
export function addFakeNics(links: readonly LinkReport[], fake: readonly string[]): void {
  const isFake = matcher(fake);
  for (const link of links) {
    if (link.kind !== 'other' || !FAKES.has(link.type ?? '') || !isFake(link.name)) continue;
    link.kind = 'nic';
    link.permanentMac ??= link.mac;
  }
}

/** For whoever chooses among them. What the config names is shown whatever its name, and so are its troubles. */
export function withoutHiddenNics(
  links: readonly LinkReport[],
  { networks, bonds }: HostConfig,
  { hidden, fake }: NicPatterns,
): LinkReport[] {
  const [isHidden, isFake, isPlumbing] = [matcher(hidden), matcher(fake), matcher(PLUMBING)];
  const used = new Set([
    ...Object.values(networks).map(({ base }) => base),
    ...Object.values(bonds).flatMap(({ slaves }) => slaves),
  ]);
  return links.map((link) => {
    const { name, kind } = link;
    if (kind !== 'nic' || used.has(name) || isFake(name)) return link;
    // Of devices that are made, only ends of veth pairs are nics at all.
    const isMade = link.nominalSpeed === true;
    return isHidden(name) || (isMade && isPlumbing(name)) ? { ...link, kind: 'other' } : link;
  });
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const parts = patterns.map((pattern) =>
    pattern
      .replace(/[^\w*?]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.'),
  );
  const all = new RegExp(`^(${parts.join('|')})$`);
  return patterns.length === 0 ? () => false : (name) => all.test(name);
}
