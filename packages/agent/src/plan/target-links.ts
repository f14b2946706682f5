/** The devices of a config: which exist, how they stand on each other, their MAC, MTU and options. */
import type { BondConfig, HostConfig, LinkReport, NetworkConfig } from '@patchbay/protocol';
import { byName } from '../by-name.ts';
import type { KernelState } from '../kernel.ts';
import { wholeBondOptions } from '../observe/bond-options.ts';
import { wholeBridgeOptions } from '../observe/bridge-options.ts';
import { type EthtoolValues, ethtoolOf } from '../observe/ethtool.ts';
import { offersOf } from '../observe/offers.ts';
import { hasOtherGroup, isMade, isTaken, madeAlias, OUR_GROUP, readAlias, type Taken } from '../observe/ownership.ts';
import { type KeptMacs, ownMac } from './kept-macs.ts';
import { madeByKernel } from './link-local-mode.ts';
import { madeMac } from './made-mac.ts';
import { plainLink, type TargetLink } from './target.ts';
import { ethtoolTarget } from './target-ethtool.ts';

export interface Devices {
  links: Map<string, TargetLink>;
  /** Network to the device that holds its addresses. */
  northbound: Map<string, string>;
  /** Devices whose addresses are ours to decide. */
  holds: Set<string>;
  /** Nics, and bonds of others, that networks use; and what their marks shall keep. */
  taken: Map<string, Taken>;
}

/** @param kept MACs of bonds and bridges that have been here before */
export function addDevices(
  state: KernelState,
  config: HostConfig,
  preferred: ReadonlySet<string>,
  kept: KeptMacs = {},
): Devices {
  return new DeviceBuilder(state, config, preferred, kept).build();
}

class DeviceBuilder {
  readonly #existing: Map<string, LinkReport>;
  readonly #vlans: Map<string, LinkReport>;
  readonly #state: KernelState;
  readonly #config: HostConfig;
  readonly #preferred: ReadonlySet<string>;
  readonly #kept: KeptMacs;
  readonly #ethtool: ReadonlyMap<string, EthtoolValues>;
  readonly #devices: Devices = { links: new Map(), northbound: new Map(), holds: new Set(), taken: new Map() };
  /** Untagged network, or bond, that decides about the addresses of a nic or bond. */
  readonly #holder = new Map<string, string>();
  /** MACs of bonds that are not given one, since they have that of their active slave. */
  readonly #borrowedMacs = new Map<string, string>();

  constructor(state: KernelState, config: HostConfig, preferred: ReadonlySet<string>, kept: KeptMacs) {
    this.#state = state;
    this.#config = config;
    this.#preferred = preferred;
    this.#kept = kept;
    this.#ethtool = ethtoolOf(config);
    this.#existing = new Map(state.links.map((link) => [link.name, link]));
    const vlans = state.links.filter(({ kind }) => kind === 'vlan');
    this.#vlans = new Map(vlans.map((link) => [`${link.base} ${link.vlan}`, link]));
    for (const [name, { slaves }] of Object.entries(config.bonds))
      for (const nic of slaves) this.#holder.set(nic, name);
    for (const [name, { base, vlan }] of Object.entries(config.networks)) {
      if (base !== null && vlan === null) this.#holder.set(base, name);
    }
  }

  build(): Devices {
    const { bonds, networks } = this.#config;
    const members = new Set(Object.values(bonds).flatMap(({ slaves }) => slaves));
    const bases = new Set(Object.values(networks).flatMap(({ base }) => (base === null ? [] : [base])));
    for (const name of [...members, ...bases]) if (bonds[name] === undefined) this.#addTaken(name);
    for (const [name, bond] of Object.entries(bonds)) this.#addBond(name, bond);
    for (const [name, network] of Object.entries(networks)) this.#addNetwork(name, network);
    for (const link of this.#state.links) if (!this.#devices.links.has(link.name)) this.#addFreed(link);
    return this.#devices;
  }

  #addTaken(name: string): void {
    const device = this.#existing.get(name);
    if (device === undefined) return;
    const mark = isTaken(device) ? readAlias(device.alias) : null;
    const holder = this.#holder.get(name) ?? null;
    const member = holder !== null && this.#config.bonds[holder] !== undefined;
    const link = this.#base(name, device.kind === 'bond' ? 'bond' : 'nic');
    const wanted = this.#ethtool.get(name) ?? {};
    const { target, originals } = ethtoolTarget(wanted, mark?.ethtool ?? {}, device.ethtool ?? {});
    if (Object.keys(target).length > 0) link.ethtool = target;
    this.#devices.taken.set(name, {
      mtu: mark?.mtu ?? device.mtu,
      ipv6: mark?.ipv6 ?? !device.ipv6Disabled,
      holder,
      ethtool: originals,
      sysctls: mark?.sysctls ?? {},
      alias: mark?.alias ?? device.alias ?? '',
    });
    if (member) link.master = holder;
    else link.mtu = this.#baseMtu(name);
    // A member that leaves its bond gets its own MAC back; the kernel does it, and it is checked.
    if (!member && device.slave !== null && device.permanentMac !== null) link.mac = device.permanentMac;
    this.#settleHolder(link, device, holder, mark?.holder ?? null);
    // Its tagged networks stay: from here on it is as if there had only ever been those.
    if (holder === null && mark !== null && mark.holder !== null) link.ipv6 = mark.ipv6;
    for (const slave of device.bond?.slaves ?? []) this.#silence(slave);
  }

  /** Addresses on the slave of a bond answer nobody, and draw their subnet's traffic to where none comes back. */
  #silence(slave: string): void {
    const existing = this.#existing.get(slave);
    if (existing === undefined || this.#devices.links.has(slave)) return;
    const link = plainLink(slave, existing.kind);
    link.unwanted = staleAddresses(existing);
    this.#devices.links.set(slave, link);
    this.#devices.holds.add(slave);
  }

  #addBond(name: string, bond: BondConfig): void {
    const existing = this.#existing.get(name);
    const mark = readAlias(existing?.alias ?? null);
    const holder = this.#holder.get(name) ?? null;
    const link = this.#made(name, 'bond');
    const adopted = existing === undefined || isMade(existing) ? (mark?.mtu ?? null) : existing.mtu;
    link.alias = madeAlias('bond', name, holder, adopted);
    const { bond: offers } = offersOf(this.#state);
    if (offers !== null) link.bond = wholeBondOptions(offers, bond.options) as Record<string, string>;
    link.mtu = this.#baseMtu(name);
    const mac = this.#bondMac(name, bond, link.bond ?? {});
    if (mac !== null && link.bond?.['fail_over_mac'] === 'active') this.#borrowedMacs.set(name, mac);
    else if (mac !== null) link.mac = mac;
    this.#settleHolder(link, existing, holder, mark?.holder ?? null);
  }

  /** The parts that nics and bonds share: who decides about the addresses on it. */
  #settleHolder(
    link: TargetLink,
    existing: LinkReport | undefined,
    holder: string | null,
    before: string | null,
  ): void {
    link.master ??= null;
    // A tagged network does not disturb what its base device does otherwise, as the port of a bridge of others too.
    const master = this.#existing.get(existing?.master ?? '');
    const lent = master !== undefined && !isMade(master);
    if (holder === null && before === null && (lent || existing?.adminUp === true)) {
      if (lent) delete link.master;
      return;
    }
    this.#devices.holds.add(link.name);
    link.ipv6 = false;
    link.unwanted = staleAddresses(existing);
  }

  #addNetwork(name: string, network: NetworkConfig): void {
    const carrier = this.#carrier(name, network);
    if (!network.bridged) {
      if (carrier !== null) this.#devices.northbound.set(name, carrier.name);
      return;
    }
    const link = this.#made(name, 'bridge');
    const existing = this.#existing.get(name);
    link.alias = madeAlias('bridge', name);
    link.mtu = network.mtu;
    link.ipv6 = false;
    link.unwanted = staleAddresses(existing);
    link.master = null;
    const { bridge: offers } = offersOf(this.#state);
    if (offers !== null) link.bridge = wholeBridgeOptions(offers, network.bridgeOptions) as Record<string, string>;
    link.stp = network.stp;
    const below = carrier?.base ?? carrier?.name ?? '';
    // Below it the MAC changes from slave to slave; the bridge's had better stay.
    const steady = this.#borrowedMacs.has(below)
      ? this.#macBefore(name, this.#config.bonds[below]?.slaves ?? [])
      : null;
    const mac = steady ?? (carrier === null ? null : this.#macOf(carrier));
    if (mac !== null) link.mac = mac;
    else if (existing === undefined) link.mac = madeMac(this.#state, name);
    if (carrier !== null) carrier.master = name;
    this.#devices.holds.add(name);
    this.#devices.northbound.set(name, name);
  }

  /** The nic, bond or VLAN device that carries the network; null when it has none. */
  #carrier(name: string, { base, vlan, mtu }: NetworkConfig): TargetLink | null {
    if (base === null) return null;
    const below = this.#devices.links.get(base) ?? null;
    if (vlan === null || below === null) return below;
    const existing = this.#vlans.get(`${base} ${vlan}`);
    const link = this.#made(existing?.name ?? `${base}.${vlan}`, 'vlan');
    link.base = base;
    link.vlan = vlan;
    link.alias = madeAlias('vlan', name);
    link.mtu = mtu;
    link.ipv6 = false;
    link.master = null;
    link.unwanted = staleAddresses(existing);
    const mac = this.#borrowedMacs.has(base) ? null : this.#macOf(below);
    if (mac !== null) link.mac = mac;
    this.#devices.holds.add(link.name);
    return link;
  }

  /** What was used and is so no longer gets back what it had when it was taken into use. */
  #addFreed(existing: LinkReport): void {
    const mark = readAlias(existing.alias);
    if (!isTaken(existing) || mark === null) return;
    const link = this.#base(existing.name, existing.kind);
    link.alias = mark.alias;
    if (Object.keys(mark.sysctls).length > 0) link.sysctls = mark.sysctls;
    if (Object.keys(mark.ethtool).length > 0) link.ethtool = mark.ethtool;
    const master = this.#existing.get(existing.master ?? '');
    if (master === undefined || isMade(master)) link.master = null;
    link.mtu = this.#baseMtu(existing.name, mark.mtu ?? 1500);
    if (existing.slave !== null && existing.permanentMac !== null) link.mac = existing.permanentMac;
    // It may have been switched off by a network that left before the last one.
    if (mark.ipv6 || mark.holder !== null) link.ipv6 = mark.ipv6;
    if (mark.holder === null) return;
    this.#devices.holds.add(link.name);
    link.unwanted = staleAddresses(existing);
  }

  #base(name: string, kind: TargetLink['kind']): TargetLink {
    const link = plainLink(name, kind);
    link.up = true;
    this.#devices.links.set(name, link);
    return link;
  }

  /** A link that goes when it is wanted no longer, also one that another hand had made. */
  #made(name: string, kind: 'bond' | 'vlan' | 'bridge'): TargetLink {
    const link = this.#base(name, kind);
    const existing = this.#existing.get(name);
    if (existing === undefined || !hasOtherGroup(existing)) link.group = OUR_GROUP;
    // Once it is ours it is taken for granted that IPv6 is off where there is no address.
    if (existing !== undefined && !isMade(existing)) link.sysctls = madeByKernel(existing.sysctls);
    return link;
  }

  /** The largest MTU of the networks on it and of the VLAN devices of others, else what it returns to. */
  #baseMtu(base: string, otherwise?: number): number {
    const wanted = Object.values(this.#config.networks).flatMap((network) =>
      network.base === base ? [network.mtu] : [],
    );
    const existing = this.#existing.get(base);
    const foreign = this.#state.links.filter((link) => link.kind === 'vlan' && link.base === base && !isMade(link));
    const mtus = [...wanted, ...foreign.map((link) => link.mtu)];
    if (wanted.length > 0) return Math.max(...mtus);
    const mark = readAlias(existing?.alias ?? null);
    const rest = otherwise ?? mark?.mtu ?? (existing === undefined || isMade(existing) ? 1500 : existing.mtu);
    return Math.max(rest, ...mtus);
  }

  /**
   * A bond has the MAC that is asked for, else keeps its own; a new one takes that of the member through which the host is
   * reached, else of the one it prefers, where that alone decides, else of its first member by name.
   */
  #bondMac(name: string, bond: BondConfig, options: Readonly<Record<string, string>>): string | null {
    if (bond.mac !== undefined) return bond.mac.toLowerCase();
    const own = this.#macBefore(name, bond.slaves);
    if (own !== null) return own;
    const members = [...bond.slaves].sort(byName);
    const reached = members.find((member) => this.#preferred.has(member));
    const preferred = options['fail_over_mac'] === 'active' ? options['primary'] : undefined;
    for (const member of [preferred, reached, ...members]) {
      const mac = ownMac(this.#existing.get(member ?? ''));
      if (mac !== null) return mac;
    }
    return null;
  }

  /**
   * The MAC that a bond, or a bridge on one, has or had before the boot; null for a new one. It gives a MAC up only when the nic that it
   * belongs to is put to use elsewhere, where two of the same would meet.
   * @param members of the bond
   */
  #macBefore(name: string, members: readonly string[]): string | null {
    const existing = this.#existing.get(name);
    // To a bond that loses its last member the kernel gives a random one.
    const random = existing?.bond?.slaves.length === 0;
    const mac = existing === undefined || random ? this.#keptMac(name, members) : existing.mac;
    const used = (nic: string) => this.#devices.links.has(nic) && !members.includes(nic);
    const elsewhere = ({ kind, name }: LinkReport) => kind === 'nic' && used(name);
    return this.#state.links.some((link) => elsewhere(link) && ownMac(link) === mac) ? null : mac;
  }

  #keptMac(name: string, members: readonly string[]): string | null {
    const { mac = null, nics = [] } = this.#kept[name] ?? {};
    const same = members.some((member) => nics.includes(ownMac(this.#existing.get(member)) ?? ''));
    return same ? mac : null;
  }

  #macOf(link: TargetLink): string | null {
    return link.mac ?? this.#borrowedMacs.get(link.base ?? link.name) ?? ownMac(this.#existing.get(link.name));
  }
}

/** Every address but those that the kernel makes for the link itself. */
function staleAddresses(link: LinkReport | undefined): TargetLink['unwanted'] {
  return (link?.addresses ?? [])
    .filter(({ origin }) => origin !== 'kernel')
    .map(({ family, address, prefix, validFor }) => ({ family, address, prefix, validFor }));
}
