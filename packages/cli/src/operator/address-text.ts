import type { ApiObject } from '@patchbay/client';

/** `10.0.0.15/24`, whether the mask is written with dots or as a length; undefined without an address. */
export function addressText(ip: ApiObject<'ip'> | undefined): string | undefined {
  if (ip?.address === undefined || ip.netmask === undefined) return ip?.address;
  return `${ip.address}/${ip.netmask.includes('.') ? prefixOf(ip.netmask) : ip.netmask}`;
}

/** The length of a mask with dots. */
const prefixOf = (mask: string): number =>
  mask.split('.').reduce((ones, part) => ones + Number(part).toString(2).replaceAll('0', '').length, 0);
