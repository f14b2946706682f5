/** Links: made, changed, removed. */
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import { OUR_GROUP } from '../observe/ownership.ts';
import { dormantBond, freshBond, hasOwnMac } from './apply-bond.ts';
import { attach, release } from './apply-master.ts';
import { forgetResolver } from './apply-resolver.ts';
import { dropRoutes } from './apply-route.ts';
import { MIN_IPV6_MTU } from './apply-sysctl.ts';
import { changeMac, changeMtu, randomMac, setDown, setUp } from './link-effects.ts';
import type { World } from './world.ts';

type Op<K extends KernelOp['kind']> = Extract<KernelOp, { kind: K }>;

export function addLink(world: World, op: Op<'link.add'>): string | null {
  if (world.links.has(op.name)) return 'File exists';
  if (op.name.length > 15) return 'Attribute failed policy validation.';
  const base = world.get(op.base);
  if (op.type === 'vlan') {
    if (base === undefined) return `Cannot find device "${op.base}"`;
    if (op.vlan === null || op.vlan < 0 || op.vlan > 4094) return '8021q: Invalid VLAN id.';
    if (world.vlanOn(base.name, op.vlan) !== undefined) return '8021q: VLAN device already exists.';
  }
  const { stp_state: stp, ...named } = op.options;
  const bond = op.type === 'bond' ? freshBond(world.offers.bond, named) : null;
  if (bond !== null && 'refusal' in bond) return bond.refusal;
  const link = world.insert({
    name: op.name,
    kind: op.type,
    mac: op.mac ?? base?.mac ?? randomMac(op.name),
    permanentMac: null,
    mtu: base?.mtu ?? 1500,
    minMtu: op.type === 'vlan' ? 0 : 68,
    maxMtu: 65535,
    adminUp: false,
    operState: 'DOWN',
    carrier: false,
    master: null,
    base: op.type === 'vlan' ? op.base : null,
    vlan: op.type === 'vlan' ? op.vlan : null,
    alias: null,
    group: String(OUR_GROUP),
    speed: null,
    ipv6Disabled: !world.ipv6 || (base?.mtu ?? 1500) < MIN_IPV6_MTU,
    bond: bond === null ? null : { ...bond, slaves: [], activeSlave: null, partnerMac: null, aggregator: null },
    slave: null,
    bridge: op.type === 'bridge' ? { stp: stp === '1', options: { ...world.offers.bridge?.fresh, ...named } } : null,
    addresses: [],
  });
  const dormant = bond === null ? {} : dormantBond(world.offers.bond, bond.options);
  // `conf/default` says whether it has IPv6, which is off on some hosts.
  Object.assign(world.hiddenOf(link), { macSet: op.mac !== null, dormant, unsureIpv6: true });
  return null;
}

/** In the order in which the kernel takes the parts of one call: MAC, MTU, group, alias, master, up or down. */
export function setLink(world: World, op: Op<'link.set'>): string | null {
  const link = world.get(op.name);
  if (link === undefined) return `Cannot find device "${op.name}"`;
  if (op.mtu !== undefined) {
    const refusal = refuseMtu(world, link, op.mtu);
    if (refusal !== null) return refusal;
  }
  if (op.mac !== undefined) setMac(world, link, op.mac);
  if (op.mtu !== undefined) setMtu(world, link, op.mtu);
  if (op.group !== undefined) link.group = op.group === 0 ? 'default' : String(op.group);
  if (op.alias !== undefined) link.alias = op.alias === '' ? null : op.alias;
  if (op.master !== undefined) {
    const refusal = op.master === null ? release(world, link) : attach(world, link, op.master);
    if (refusal !== null) return refusal;
  }
  if (op.up === true) return setUp(world, link);
  if (op.up === false) setDown(world, link);
  return null;
}

export function deleteLink(world: World, name: string): string | null {
  const link = world.get(name);
  if (link === undefined) return `Cannot find device "${name}"`;
  if (link.kind === 'nic' || link.kind === 'other') return 'Operation not supported';
  dropLink(world, link);
  return null;
}

/** A link goes, with all that cannot be without it. */
export function dropLink(world: World, link: LinkReport): void {
  const { name } = link;
  for (const above of world.standingOn(name)) dropLink(world, above);
  for (const port of world.ports(name)) release(world, port);
  if (link.master !== null) release(world, link);
  dropRoutes(world, name);
  world.dhcp = world.dhcp.filter((client) => client.device !== name);
  forgetResolver(world, name);
  world.drop(link);
}

function setMac(world: World, link: LinkReport, mac: string): void {
  if (link.bond !== null && !hasOwnMac(link.bond.options)) return;
  Object.assign(world.hiddenOf(link), { macSet: true, unsureMac: false });
  changeMac(world, link, mac);
}

function refuseMtu(world: World, link: LinkReport, mtu: number): string | null {
  if (link.maxMtu !== null && link.maxMtu > 0 && mtu > link.maxMtu) return 'mtu greater than device maximum.';
  if (link.minMtu !== null && mtu < link.minMtu) return 'mtu less than device minimum.';
  const base = link.kind === 'vlan' ? world.get(link.base) : undefined;
  return base !== undefined && mtu > base.mtu ? 'Numerical result out of range' : null;
}

/** A bond hands its MTU to its members, a base takes its VLANs down with it, a bridge follows its ports until it is told. */
function setMtu(world: World, link: LinkReport, mtu: number): void {
  const before = link.mtu;
  const hidden = world.hiddenOf(link);
  const unsure = hidden.unsureMtu;
  hidden.unsureMtu = false;
  if (mtu === before && !unsure) return;
  // What a bridge has already is not heard: it goes on following.
  if (link.kind === 'bridge' && !unsure) hidden.bridgeMtu = 'set';
  changeMtu(world, link, mtu);
}
