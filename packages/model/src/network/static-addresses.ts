import { canonicalAddress } from '../address/canonical.ts';
import { isIpv4 } from '../address/ipv4.ts';
import type { Attachment } from '../entities.ts';
import { moreAddresses } from '../properties/more-addresses.ts';

/** The addresses by themselves that an attachment gives its host, both families, those of its property too; each spelled canonically. */
export function staticAddresses({
  ipv4,
  ipv6,
  properties,
}: Pick<Attachment, 'ipv4' | 'ipv6' | 'properties'>): string[] {
  const own = [ipv4, ipv6].flatMap((ip) => (ip.method === 'static' && ip.address !== null ? ip.address : []));
  // What is no address there, PROP-01 tells of.
  const beside = moreAddresses(properties['ipv4_addrs'])
    .flatMap((one) => one.split('/')[0] ?? [])
    .filter(isIpv4);
  return [...own, ...beside].map(canonicalAddress);
}
