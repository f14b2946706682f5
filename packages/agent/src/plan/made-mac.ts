/** A MAC for a bridge that has no port to take one from. Given at creation, it is one that no policy of udev replaces. */
import type { KernelState } from '../kernel.ts';

/**
 * The same each time on one host, another on every other: it comes from the name and from the first nic's own address. Locally
 * administered.
 */
export function madeMac({ links, hostName }: Pick<KernelState, 'links' | 'hostName'>, name: string): string {
  const nics = links.flatMap(({ kind, permanentMac }) =>
    kind === 'nic' && permanentMac !== null ? [permanentMac] : [],
  );
  const seed = `${nics.sort()[0] ?? hostName}/${name}`;
  const bytes = [0, 1].flatMap((part) => {
    const hash = fnv(`${part}${seed}`);
    return [hash >>> 16, hash >>> 8, hash].map((word) => word & 255);
  });
  const [first = 0, ...rest] = bytes;
  return [(first & 0xfc) | 2, ...rest].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** FNV-1a, 32 bits. */
function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
