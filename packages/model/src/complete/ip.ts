import type { IpAssignments } from '../change-set.ts';
import type { Attachment, IpAssignment, Ipv4Method, Ipv6Method } from '../entities.ts';

/** An address family that is not wanted. */
export const noIp: Readonly<IpAssignment<'none'>> = Object.freeze({
  method: 'none',
  address: null,
  netmask: null,
  gateway: null,
});

/** An IPv4 address from a DHCP server: what a role network gets when nobody says more (rules §2.3, §5.1). */
export const dhcpIp: Readonly<IpAssignment<'dhcp'>> = Object.freeze({ ...noIp, method: 'dhcp' });

/** Both families of an attachment: what was given replaces everything, a family left out is `none` (rules §2.3 step 2). */
export function completeIp(
  given: IpAssignments | undefined,
  stored: Attachment | null,
): { ipv4: IpAssignment<Ipv4Method>; ipv6: IpAssignment<Ipv6Method> } {
  if (given === undefined) return { ipv4: stored?.ipv4 ?? { ...noIp }, ipv6: stored?.ipv6 ?? { ...noIp } };
  return { ipv4: withoutBlanks(given.ipv4[0] ?? noIp), ipv6: withoutBlanks(given.ipv6[0] ?? noIp) };
}

/** Clients send empty elements for "nothing". */
function withoutBlanks<M extends string>(ip: IpAssignment<M>): IpAssignment<M> {
  const text = (value: string | null) => value?.trim() || null;
  return { method: ip.method, address: text(ip.address), netmask: text(ip.netmask), gateway: text(ip.gateway) };
}
