/** An address has one place: where the config wants it, and not also on a device that nobody looks after. */
import type { KernelState } from '../kernel.ts';
import { plainLink, type TargetAddress, type TargetLink } from './target.ts';

const CARRIERS: readonly TargetLink['kind'][] = ['nic', 'bond', 'vlan', 'bridge'];

/**
 * Takes addresses of the config off the devices that have them as well. Such a device answers for the address and draws its subnet's
 * traffic to where none comes back: so it is after a boot that configures a nic which the network has left since. A device that a
 * manager of the host cares for is left alone: it would only put the address back. So are loopback, tunnels and the like.
 * @param links the devices of the target; devices that have to let go are added
 */
export function takeOffDoubles({ links: existing, managers = [] }: KernelState, links: Map<string, TargetLink>): void {
  const places = new Map<string, string>();
  for (const { name, wanted } of links.values()) for (const { address } of wanted) places.set(address, name);
  const theirs = new Set(managers.flatMap(({ devices }) => devices));
  for (const { name, kind, base, vlan, addresses } of existing) {
    if (!CARRIERS.includes(kind) || theirs.has(name)) continue;
    const isDouble = ({ address }: TargetAddress): boolean => (places.get(address) ?? name) !== name;
    const doubles = addresses.filter((one) => one.origin !== 'kernel' && isDouble(one));
    if (doubles.length === 0) continue;
    const link = links.get(name) ?? { ...plainLink(name, kind), base, vlan };
    const known = (one: TargetAddress): boolean =>
      link.unwanted.some(({ address, prefix }) => address === one.address && prefix === one.prefix);
    for (const { family, address, prefix, validFor } of doubles) {
      const one = { family, address, prefix, validFor };
      if (!known(one)) link.unwanted.push(one);
    }
    links.set(name, link);
  }
}
