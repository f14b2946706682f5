/** Ports: what happens to a link that joins or leaves a bond or a bridge. */
import type { LinkReport } from '@patchbay/protocol';
import { byName } from '../by-name.ts';
import { changeMac, changeMtu, followPorts, randomMac, setDown, setUp } from './link-effects.ts';
import type { World } from './world.ts';

export function attach(world: World, port: LinkReport, name: string): string | null {
  const master = world.get(name);
  if (master === undefined) return `Cannot find device "${name}"`;
  if (port.master === name) return null;
  if (master.kind === 'bond') {
    if (port.kind === 'bond' || port.kind === 'bridge') return 'Invalid argument';
    // A member of another bond is closed by its release, before the new bond looks at it.
    if (port.adminUp && world.get(port.master)?.kind !== 'bond') return 'Device can not be enslaved while up.';
    if (port.master !== null) release(world, port);
    join(world, master, port);
    return null;
  }
  if (master.kind !== 'bridge') return 'Operation not supported';
  if (port.kind === 'bridge') return 'Can not enslave a bridge to a bridge';
  if (port.master !== null) release(world, port);
  world.setMaster(port, name);
  followPorts(world, master);
  const hidden = world.hiddenOf(master);
  if (!hidden.macSet) hidden.unsureMac = true;
  return null;
}

/** A new member is opened by its bond and takes the bond's MAC and MTU; the first gives its MAC to a bond without one. */
function join(world: World, bond: LinkReport, port: LinkReport): void {
  const hidden = world.hiddenOf(port);
  hidden.originalMtu = hidden.unsureMtu ? null : port.mtu;
  hidden.unsureMtu = false;
  port.permanentMac ??= port.mac;
  const bondHidden = world.hiddenOf(bond);
  if (bond.bond?.slaves.length === 0 && !bondHidden.macSet) {
    bondHidden.unsureMac = false;
    changeMac(world, bond, port.mac);
  }
  const policy = macPolicy(bond);
  const first = bond.bond?.slaves.length === 0;
  if (policy === 'active' && first) changeMac(world, bond, port.mac);
  else if (policy === 'none' || first) changeMac(world, port, bond.mac);
  if (port.mtu !== bond.mtu) changeMtu(world, port, bond.mtu);
  world.setMaster(port, bond.name);
  port.slave = { state: 'ACTIVE', miiUp: true, aggregator: null };
  setUp(world, port);
  port.addresses = port.addresses.filter((address) => address.family !== 6);
  if (bond.bond === null) return;
  const prefers = world.offers.bond?.settable[bond.bond.options['mode'] ?? '']?.includes('primary');
  if (bondHidden.primary === port.name && prefers) bond.bond.options['primary'] = port.name;
  bond.bond.slaves.push(port.name);
  bond.bond.slaves.sort(byName);
}

/**
 * Which members get the MAC of their bond: all; the first alone, as where load is balanced by MACs (tlb, alb) or the MAC follows
 * the active member; or none, because the bond has the MAC of its active member.
 */
function macPolicy({ bond }: LinkReport): 'none' | 'first' | 'active' {
  const { mode = '', fail_over_mac: policy } = bond?.options ?? {};
  if (mode === '1' && policy === 'active') return 'active';
  return ['5', '6'].includes(mode) || (mode === '1' && policy === 'follow') ? 'first' : 'none';
}

/** A member that leaves its bond is closed and gets its own MAC and MTU back; a bond without members gets a random MAC. */
export function release(world: World, port: LinkReport): string | null {
  const master = world.get(port.master);
  world.setMaster(port, null);
  if (master?.kind === 'bridge') followPorts(world, master);
  if (master?.kind !== 'bond' || master.bond === null) return null;
  setDown(world, port);
  port.slave = null;
  master.bond.slaves = master.bond.slaves.filter((slave) => slave !== port.name);
  if (master.bond.options['primary'] === port.name) master.bond.options['primary'] = '';
  changeMac(world, port, port.permanentMac ?? port.mac);
  const hidden = world.hiddenOf(port);
  if (hidden.originalMtu === null) {
    for (const one of [port, ...world.vlansOn(port.name)]) {
      // A small MTU, if only for a moment, would have taken the IPv6 settings along.
      Object.assign(world.hiddenOf(one), { unsureMtu: true, unsureIpv6: true });
    }
  } else changeMtu(world, port, hidden.originalMtu);
  hidden.originalMtu = null;
  if (master.bond.slaves.length === 0) {
    changeMac(world, master, randomMac(`${master.name}!`));
    const bondHidden = world.hiddenOf(master);
    bondHidden.macSet = false;
    bondHidden.unsureMac = true;
  }
  return null;
}
