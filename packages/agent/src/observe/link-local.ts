/** Link-local addresses: those that the kernel makes of a link by itself, and those that somebody has set. */
import { bitsOf } from '../ip-address.ts';
import type { Json } from './links.ts';

/** What stands in the middle of an interface identifier that is made of a MAC (RFC 4291, appendix A). */
const MIDDLE = 0xfffen;
/** The bit that tells a MAC of the factory's from others, which such an identifier has the other way round. */
const UNIVERSAL = 0x02n << 40n;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/**
 * In doubt, it is the kernel's: it makes its own again, and a copy would outlive the MAC. Newer kernels say so; others mark those that
 * are no image of a MAC. One that comes without a route to its subnet is the work of a manager, which gives it again as well.
 * @param entry the address as `ip` shows it
 * @param mac of its device now
 */
export function isMadeByKernel(entry: Json, address: string, mac: string | null): boolean {
  const marks = ['protocol', 'stable-privacy', 'noprefixroute', 'dynamic', 'temporary', 'mngtmpaddr', 'ifa_flags'];
  if (marks.some((mark) => entry[mark] !== undefined)) return true;
  const identifier = (bitsOf(address) ?? 0n) & 0xffff_ffff_ffff_ffffn;
  const middle = (identifier >> 24n) & 0xffffn;
  if (middle === MIDDLE) return true;
  // Devices that share a MAC have a number of their own there, and then the bit as it is.
  const ends = ((identifier >> 40n) << 24n) | (identifier & 0xff_ffffn);
  return middle !== 0n && mac !== null && MAC.test(mac) && (ends | UNIVERSAL) === (numberOf(mac) | UNIVERSAL);
}

function numberOf(mac: string): bigint {
  return BigInt(`0x${mac.replaceAll(':', '')}`);
}
