import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const bitsOf = (address: Address) => address.toByteArray().reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);

/** Whether two addresses of one family share a subnet. Both must be well-formed. */
export function inSubnet(address: string, subnetAddress: string, prefix: number): boolean {
  const [one, other] = [ipaddr.parse(address), ipaddr.parse(subnetAddress)];
  if (one.kind() !== other.kind()) return false;
  const hostBits = BigInt(one.toByteArray().length * 8 - prefix);
  return bitsOf(one) >> hostBits === bitsOf(other) >> hostBits;
}

/**
 * What makes a well-formed address unfit to be given to a host (rules IP-14), in words; null when it is fit.
 * Point-to-point subnets (31, 32, 127, 128) have no network or broadcast address.
 */
export function unfitForHost(address: string, prefix: number): string | null {
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'multicast' || range === 'loopback' || range === 'unspecified') return `a ${range} address`;
  const hostBits = parsed.toByteArray().length * 8 - prefix;
  if (range === 'broadcast') return 'the broadcast address';
  if (hostBits < 2) return null;
  const lowest = (1n << BigInt(hostBits)) - 1n;
  const host = bitsOf(parsed) & lowest;
  if (host === 0n) return 'the address of the subnet itself';
  return parsed.kind() === 'ipv4' && host === lowest ? "the subnet's broadcast address" : null;
}
