/** Addresses of an attachment as the API shows them, in a form to compare. */
import type { ApiObject } from '@patchbay/wire';

type Attachment = ApiObject<'network_attachment'>;
type Version = 'v4' | 'v6';

export interface ShownAddress {
  method: string | undefined;
  /** `address/bits`, in the canonical spelling of IPv6; null without an address. */
  address: string | null;
  gateway: string | null;
}

/** @throws when the attachment has not exactly one assignment of that version */
export function shownAddress(attachment: Attachment, version: Version): ShownAddress {
  const found = attachment.ip_address_assignments?.filter((one) => one.ip?.version === version) ?? [];
  if (found.length !== 1) throw new Error(`${found.length} ${version} assignments: ${JSON.stringify(found)}`);
  const { address, netmask, gateway } = found[0]?.ip ?? {};
  return {
    method: found[0]?.assignment_method,
    address: address === undefined ? null : `${canonical(address)}/${bits(netmask ?? '')}`,
    gateway: gateway ?? null,
  };
}

/** `255.255.255.0` → 24 */
function bits(mask: string): number {
  if (!mask.includes('.')) return Number(mask);
  const ones = mask.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0'));
  return ones.join('').indexOf('0') === -1 ? 32 : ones.join('').indexOf('0');
}

/** The one spelling of an IPv6 address (RFC 5952), by the platform's own parser. */
export function canonical(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
