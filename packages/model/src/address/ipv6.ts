import ipaddr from 'ipaddr.js';

/** Whether the text is an IPv6 address without a zone. */
export function isIpv6(text: string): boolean {
  return !text.includes('%') && ipaddr.IPv6.isValid(text);
}

/** Prefix length of `64`; null when it is no whole number from 0 to 128. */
export function ipv6Prefix(text: string): number | null {
  if (!/^\d{1,3}$/.test(text)) return null;
  const prefix = Number(text);
  return prefix <= 128 ? prefix : null;
}
