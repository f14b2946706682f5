/** Settings under `/proc/sys/net/<family>/conf/<device>/`. */
import { dropRoutes } from './apply-route.ts';
import type { World } from './world.ts';

/** IPv6 cannot live on a link with a smaller MTU, in bytes; its folder of settings goes with it. */
export const MIN_IPV6_MTU = 1280;

export function setSysctl(world: World, key: string, value: string): string | null {
  const match = /^net\/(ipv4|ipv6)\/conf\/([^/]+)\/([a-z0-9_]+)$/.exec(key);
  if (match === null) return 'No such file or directory';
  const [, family = '', device = '', name = ''] = match;
  const link = world.get(device);
  if (link === undefined || (family === 'ipv6' && (!world.ipv6 || link.mtu < MIN_IPV6_MTU)))
    return 'No such file or directory';
  if (name !== 'disable_ipv6') {
    link.sysctls = { ...link.sysctls, [`${family}/${name}`]: value };
    return null;
  }
  link.ipv6Disabled = value !== '0';
  const hidden = world.hiddenOf(link);
  hidden.unsureIpv6 = false;
  if (link.ipv6Disabled) hidden.oldMacIpv6 = false;
  if (link.ipv6Disabled) {
    link.addresses = link.addresses.filter((address) => address.family !== 6);
    dropRoutes(world, device, 6);
  }
  return null;
}
