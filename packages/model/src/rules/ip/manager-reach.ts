import { canonicalAddress } from '../../address/canonical.ts';
import { isIpv4 } from '../../address/ipv4.ts';
import { isIpv6 } from '../../address/ipv6.ts';
import type { Attachment } from '../../entities.ts';
import type { AttachmentSubject } from '../subjects.ts';

type Addresses = Pick<Attachment, 'ipv4' | 'ipv6'>;

/**
 * Whether a change takes from the management network what made the host reachable at its known address: every method, or
 * the static address itself. What could not be reached before is not lost now. With DHCP nobody knows, so it is not lost.
 */
export function losesManager({ completed, attachment }: AttachmentSubject): boolean {
  const { stored, network } = attachment;
  if (!stored || !network?.assignment.roles.management) return false;
  const { address } = completed.state.host;
  return reaches(stored, address) && !reaches(attachment, address);
}

function reaches({ ipv4, ipv6 }: Addresses, address: string): boolean {
  const has = (ip: Addresses['ipv4'] | Addresses['ipv6']) =>
    ip.method === 'static'
      ? canonicalAddress(ip.address ?? '') === canonicalAddress(address)
      : ip.method !== 'none' && ip.method !== null;
  if (isIpv4(address)) return has(ipv4);
  if (isIpv6(address)) return has(ipv6);
  return [ipv4.method, ipv6.method].some((method) => method !== 'none' && method !== null);
}
