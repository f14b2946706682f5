/**
 * Who makes the link-local addresses of a device. A manager that makes them itself tells the kernel to make none, and leaves it so when it
 * goes; without one the kernel asks no router, and nobody can ask a server.
 */
import type { LinkReport } from '@patchbay/protocol';

type Settings = LinkReport['sysctls'];

const MODE = 'ipv6/addr_gen_mode';
const OF_MAC = '0';
const NONE = '1';

/**
 * @param known settings of a device, as they are and as its mark remembers them
 * @returns the setting by which the kernel makes them of the MAC; none where it makes them anyway, in whatever way
 */
export function madeByKernel(...known: readonly Settings[]): NonNullable<Settings> {
  return known.some((settings) => settings?.[MODE] === NONE) ? { [MODE]: OF_MAC } : {};
}
