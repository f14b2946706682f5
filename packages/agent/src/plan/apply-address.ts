/** Addresses: added, and taken away with what the kernel takes along. */
import type { AddressReport, KernelOp } from '@patchbay/protocol';
import { isLinkLocal } from '../ip-address.ts';
import { connectRoutes, dropRoutes, subnetBy } from './apply-route.ts';
import type { World } from './world.ts';

type Op<K extends KernelOp['kind']> = Extract<KernelOp, { kind: K }>;

export function addAddress(world: World, op: Op<'addr.add'>): string | null {
  const link = world.get(op.device);
  if (link === undefined) return `Cannot find device "${op.device}"`;
  if (op.family === 6 && link.ipv6Disabled) return 'Permission denied';
  const origin = op.preferredFor === undefined ? 'static' : 'dhcp';
  const known = link.addresses.find(({ address, prefix }) => address === op.address && prefix === op.prefix);
  if (known !== undefined) {
    link.addresses = link.addresses.map((one) => (one === known ? { ...one, origin, validFor: op.validFor } : one));
    return null;
  }
  const { family, address, prefix, validFor } = op;
  const peer = op.peer === undefined ? {} : { peer: op.peer };
  const routeless = op.noPrefixRoute === undefined ? {} : { noPrefixRoute: op.noPrefixRoute };
  const own = isLinkLocal(address)
    ? ({ scope: 'link', origin: 'kernel', manual: true } as const)
    : ({ scope: 'global', origin } as const);
  const made = { ...own, tentative: false, dadFailed: false };
  link.addresses = [...link.addresses, { family, address, prefix, ...peer, ...routeless, validFor, ...made }];
  connectRoutes(world, link);
  return null;
}

/**
 * The first IPv4 address of a subnet takes the others of it along unless the device promotes them; the last IPv4 address
 * of a device takes every IPv4 route of the device along.
 */
export function deleteAddress(world: World, op: Op<'addr.del'>): string | null {
  const link = world.get(op.device);
  if (link === undefined) return `Cannot find device "${op.device}"`;
  const at = link.addresses.findIndex(({ address, prefix }) => address === op.address && prefix === op.prefix);
  const leaving = link.addresses[at];
  if (leaving === undefined) return 'Cannot assign requested address';
  const subnet = subnetBy(leaving);
  const inSame = (one: AddressReport) => one.prefix === op.prefix && subnetBy(one) === subnet;
  const primary = link.addresses.findIndex(inSame) === at;
  link.addresses = link.addresses.filter((_, other) => other !== at);
  const promoted = link.sysctls?.['ipv4/promote_secondaries'] === '1';
  if (op.family === 4 && primary && !promoted) {
    link.addresses = link.addresses.filter((one) => !inSame(one));
  }
  if (!link.addresses.some(inSame)) {
    world.routes = world.routes.filter(
      (route) => route.protocol !== 'kernel' || route.device !== link.name || route.destination !== subnet,
    );
  }
  if (op.family === 4 && !link.addresses.some(({ family }) => family === 4)) {
    dropRoutes(world, link.name, 4);
  }
  world.routes = world.routes.filter((route) => route.source !== op.address || route.device !== link.name);
  connectRoutes(world, link);
  return null;
}
