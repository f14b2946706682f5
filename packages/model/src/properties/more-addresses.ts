/** The custom property `ipv4_addrs`: IPv4 addresses of a network beside its own, `192.0.2.6/24,198.51.100.6/25`. */
import { isIpv4 } from '../address/ipv4.ts';
import { unfitForHost } from '../address/subnet.ts';

/** Addresses with their prefixes; the text must have passed {@link moreAddressesProblem}. */
export function moreAddresses(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter(Boolean);
}

/** What is wrong with an `ipv4_addrs` text, in words; null when nothing is. */
export function moreAddressesProblem(text: string): string | null {
  const given = moreAddresses(text);
  if (given.length === 0) return 'must name at least one address';
  for (const one of given) {
    const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,2})$/.exec(one) ?? [];
    if (!isIpv4(address) || Number(prefix) > 32) return `names "${one}", which is not an IPv4 address with its prefix`;
    const what = unfitForHost(address, Number(prefix));
    if (what !== null) return `names ${one}, which is ${what} and cannot be assigned to a host`;
  }
  const twice = given.find((one, index) => given.indexOf(one) !== index);
  return twice === undefined ? null : `names ${twice} twice`;
}
