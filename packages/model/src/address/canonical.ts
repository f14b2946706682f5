import ipaddr from 'ipaddr.js';
import { isIpv4 } from './ipv4.ts';
import { isIpv6 } from './ipv6.ts';

/** One spelling per address, so that addresses can be compared as text; text that is no address comes back as it is. */
export function canonicalAddress(text: string): string {
  if (isIpv4(text)) return text;
  return isIpv6(text) ? ipaddr.IPv6.parse(text).toRFC5952String() : text;
}

/** Whether the text is an address of either family; a zone is allowed where a resolver allows it. */
export function isNameServer(text: string): boolean {
  return isIpv4(text) || isIpv6(text.replace(/%[\w.-]+$/, ''));
}

/** `0.0.0.0`, `::` and nothing at all mean the same: no gateway. */
export function isUnspecified(address: string | null): boolean {
  return address === null || ['0.0.0.0', '::'].includes(canonicalAddress(address));
}
