/** IP addresses as numbers: the few computations that routes and rules need. */

export type Family = 4 | 6;

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

/** Shortest spelling (RFC 5952), so that the same address is the same text. Text that is no address stays as it is. */
export function canonical(address: string): string {
  const bits = bitsOf(address);
  return bits === null ? address : textOf(bits, familyOf(address));
}

/** `192.0.2.0/24` for `192.0.2.5`, 24. */
export function subnetOf(address: string, prefix: number): string {
  const family = familyOf(address);
  const bits = bitsOf(address) ?? 0n;
  const host = BigInt(family === 4 ? 32 - prefix : 128 - prefix);
  return `${textOf((bits >> host) << host, family)}/${prefix}`;
}

export function inSubnet(address: string, subnet: string): boolean {
  const [base = '', prefix = '0'] = subnet.split('/');
  return familyOf(address) === familyOf(base) && subnetOf(address, Number(prefix)) === subnetOf(base, Number(prefix));
}

/** Valid only inside one link: never routed, never ours to move. */
export function isLinkLocal(address: string): boolean {
  return familyOf(address) === 6 && inSubnet(address, 'fe80::/10');
}

/** The address as a number; null when the text is none. */
export function bitsOf(address: string): bigint | null {
  return familyOf(address) === 4 ? v4ToNumber(address) : v6ToNumber(address);
}

function v4ToNumber(address: string): bigint | null {
  const parts = address.split('.');
  if (parts.length !== 4) return null;
  let bits = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function v6ToNumber(address: string): bigint | null {
  const last = address.lastIndexOf(':') + 1;
  const v4 = address.includes('.') ? v4ToNumber(address.slice(last)) : null;
  const hex =
    v4 === null ? address : `${address.slice(0, last)}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  const halves = hex.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  let bits = 0n;
  for (const group of [...head, ...Array<string>(missing).fill('0'), ...tail]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
    bits = (bits << 16n) | BigInt(`0x${group}`);
  }
  return bits;
}

/** Shortest spelling of an address given as a number. */
export function textOf(bits: bigint, family: Family): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(112 - 16 * i)) & 0xffffn));
  let [start, length] = [0, 0];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length && end - i > 1) [start, length] = [i, end - i];
  }
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  return length === 0 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}
