import ipaddr from 'ipaddr.js';

/** Whether the text is four decimal numbers without leading zeros; shorter and octal spellings mean different things to different tools. */
export function isIpv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text);
}

/**
 * Prefix length of a mask given as `24`, `/24` or `255.255.255.0`; null when it is none of them
 * (oVirt takes the same three forms, rules IP-09).
 */
export function ipv4Prefix(mask: string): number | null {
  const digits = /^\/?(\d{1,2})$/.exec(mask)?.[1];
  if (digits !== undefined) {
    const prefix = Number(digits);
    return prefix <= 32 ? prefix : null;
  }
  return isIpv4(mask) ? ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask() : null;
}

/** The dotted mask of a prefix length from 0 to 32. */
export function ipv4Mask(prefix: number): string {
  return ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toString();
}
