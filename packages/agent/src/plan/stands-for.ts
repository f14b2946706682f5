/** What on a host is there for a config. Pure. */
import type { HostConfig, LinkReport } from '@patchbay/protocol';

/** Tells whether a link of ours is one that the config asks for: a bond or a bridge by its name, a VLAN device by its place. */
export function standsFor({ bonds, networks }: HostConfig): (link: LinkReport) => boolean {
  const place = (base: string | null, vlan: number | null) => `${base} ${vlan}`;
  const places = new Set(Object.values(networks).map(({ base, vlan }) => place(base, vlan)));
  return ({ kind, name, base, vlan }) => {
    if (kind === 'bond') return Object.hasOwn(bonds, name);
    if (kind === 'bridge') return Object.hasOwn(networks, name) && networks[name]?.bridged === true;
    return kind === 'vlan' && places.has(place(base, vlan));
  };
}
