/** What a change of one link does to the links, addresses and routes around it. */
import type { LinkReport } from '@patchbay/protocol';
import { isLinkLocal } from '../ip-address.ts';
import { connectRoutes, dropRoutes } from './apply-route.ts';
import { MIN_IPV6_MTU } from './apply-sysctl.ts';
import type { World } from './world.ts';

/** A bond lends its MAC to its members; a VLAN device without one of its own has that of its base. */
export function changeMac(world: World, link: LinkReport, mac: string | null): void {
  if (link.mac !== mac && !link.ipv6Disabled) world.hiddenOf(link).oldMacIpv6 = true;
  link.mac = mac;
  for (const vlan of world.vlansOn(link.name)) if (!world.hiddenOf(vlan).macSet) changeMac(world, vlan, mac);
  const lends = link.bond?.options['fail_over_mac'] !== 'active' || link.bond.options['mode'] !== '1';
  if (link.kind === 'bond' && lends) for (const slave of world.ports(link.name)) changeMac(world, slave, mac);
}

export function changeMtu(world: World, link: LinkReport, mtu: number): void {
  const before = link.mtu;
  link.mtu = mtu;
  if (before >= MIN_IPV6_MTU && mtu < MIN_IPV6_MTU) {
    link.ipv6Disabled = true;
    link.addresses = link.addresses.filter((address) => address.family !== 6);
    dropRoutes(world, link.name, 6);
    if (link.sysctls !== undefined) {
      link.sysctls = Object.fromEntries(Object.entries(link.sysctls).filter(([key]) => !key.startsWith('ipv6/')));
    }
  } else if (before < MIN_IPV6_MTU && mtu >= MIN_IPV6_MTU) link.ipv6Disabled = !world.ipv6;
  if (link.kind === 'bond') for (const slave of world.ports(link.name)) changeMtu(world, slave, mtu);
  for (const vlan of world.vlansOn(link.name)) if (vlan.mtu > mtu) changeMtu(world, vlan, mtu);
  const master = world.get(link.master);
  if (master?.kind === 'bridge') followPorts(world, master);
}

/** What a bridge does to its MTU when its ports change. */
export function followPorts(world: World, bridge: LinkReport): void {
  const hidden = world.hiddenOf(bridge);
  const ports = world.ports(bridge.name);
  const smallest = ports.length === 0 ? 1500 : Math.min(...ports.map((port) => port.mtu));
  if (smallest === bridge.mtu) return;
  if (hidden.bridgeMtu === 'auto') changeMtu(world, bridge, smallest);
  else if (hidden.bridgeMtu === 'unknown') {
    hidden.unsureMtu = true;
    // A small MTU, if only for a moment, would have taken the IPv6 settings along.
    if (smallest < MIN_IPV6_MTU) hidden.unsureIpv6 = true;
  }
}

export function setUp(world: World, link: LinkReport): string | null {
  if (link.adminUp) return null;
  const base = link.kind === 'vlan' ? world.get(link.base) : undefined;
  if (base !== undefined && !base.adminUp) return 'Network is down';
  link.adminUp = true;
  connectRoutes(world, link);
  for (const vlan of world.vlansOn(link.name)) setUp(world, vlan);
  return null;
}

/** Going down takes every route and every IPv6 address of the device, and its VLANs, along, unless it is told to keep those without an end; IPv4 addresses stay. */
export function setDown(world: World, link: LinkReport): void {
  if (!link.adminUp) return;
  link.adminUp = false;
  const keeps = link.sysctls?.['ipv6/keep_addr_on_down'] === '1' && !link.ipv6Disabled;
  link.addresses = link.addresses.filter(
    ({ family, address, validFor }) => family !== 6 || (keeps && validFor === null && !isLinkLocal(address)),
  );
  dropRoutes(world, link.name);
  for (const vlan of world.vlansOn(link.name)) setDown(world, vlan);
}

/** Stands for a MAC that the kernel chose at random. */
export function randomMac(name: string): string {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 0xffffff;
  return `06:ff:ff:${[16, 8, 0].map((shift) => ((hash >> shift) & 255).toString(16).padStart(2, '0')).join(':')}`;
}
