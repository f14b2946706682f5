/**
 * The name a network has on hosts, at most 15 characters (oVirt's `vdsm_name`): its own where the kernel can take it,
 * else `on` and the first 13 hexadecimal digits of its id.
 */
export function vdsmName(name: string, id: string): string {
  return /^[0-9a-zA-Z_-]{1,15}$/.test(name) ? name : `on${id.replaceAll('-', '').slice(0, 13)}`;
}
