/** The devices of a config: which exist, how they stand on each other, their MAC, MTU and options. */
import type { BondConfig, HostConfig, LinkReport, NetworkConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { wholeBondOptions } from '../observe/bond-options.ts';
import { wholeBridgeOptions } from '../observe/bridge-options.ts';
import { type EthtoolValues, ethtoolOf } from '../observe/ethtool.ts';
import { aliasOf, isMade, type Mark, madeMark, OUR_GROUP, readAlias, takenMark } from '../observe/ownership.ts';
import { byName } from './by-name.ts';
import { plainLink, type TargetLink } from './target.ts';
import { ethtoolTarget } from './target-ethtool.ts';

export interface Devices {
  links: Map<string, TargetLink>;
  /** Network to the device that holds its addresses. */
  northbound: Map<string, string>;
  /** Devices whose addresses are ours to decide. */
  holds: Set<string>;
}

export function addDevices(state: KernelState, config: HostConfig, preferred: ReadonlySet<string>): Devices {
  return new DeviceBuilder(state, config, preferred).build();
}

class DeviceBuilder {
  readonly #existing: Map<string, LinkReport>;
  readonly #vlans: Map<string, LinkReport>;
  readonly #state: KernelState;
  readonly #config: HostConfig;
  readonly #preferred: ReadonlySet<string>;
  readonly #ethtool: ReadonlyMap<string, EthtoolValues>;
  readonly #devices: Devices = { links: new Map(), northbound: new Map(), holds: new Set() };
  /** Untagged network, or bond, that decides about the addresses of a nic or bond. */
  readonly #holder = new Map<string, string>();

  constructor(state: KernelState, config: HostConfig, preferred: ReadonlySet<string>) {
    this.#state = state;
    this.#config = config;
    this.#preferred = preferred;
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
    for (const name of [...members, ...bases]) if (bonds[name] === undefined) this.#addNic(name);
    for (const [name, bond] of Object.entries(bonds)) this.#addBond(name, bond);
    for (const [name, network] of Object.entries(networks)) this.#addNetwork(name, network);
    for (const link of this.#state.links) if (!this.#devices.links.has(link.name)) this.#addFreed(link);
    return this.#devices;
  }

  #addNic(name: string): void {
    const nic = this.#existing.get(name);
    if (nic === undefined) return;
    const mark = readAlias(nic.alias);
    const holder = this.#holder.get(name) ?? null;
    const member = holder !== null && this.#config.bonds[holder] !== undefined;
    const link = this.#base(name, 'nic');
    const { target, originals } = ethtoolTarget(this.#ethtool.get(name) ?? {}, mark?.ethtool ?? {}, nic.ethtool ?? {});
    if (Object.keys(target).length > 0) link.ethtool = target;
    const taken = takenMark(mark?.mtu ?? nic.mtu, mark?.ipv6 ?? !nic.ipv6Disabled, holder, originals);
    const left = holder === null && mark !== null && mark.holder !== null;
    link.alias = aliasOf({ ...taken, sysctls: left ? {} : (mark?.sysctls ?? {}) });
    if (member) link.master = holder;
    else link.mtu = this.#baseMtu(name);
    // A member that leaves its bond gets its own MAC back; the kernel does it, and it is checked.
    if (!member && nic.slave !== null && nic.permanentMac !== null) link.mac = nic.permanentMac;
    this.#settleHolder(link, nic, holder, mark?.holder ?? null);
    // Its tagged networks stay: from here on it is as if there had only ever been those.
    if (left) giveSettingsBack(link, mark);
  }

  #addBond(name: string, bond: BondConfig): void {
    const existing = this.#existing.get(name);
    const mark = readAlias(existing?.alias ?? null);
    const holder = this.#holder.get(name) ?? null;
    const link = this.#base(name, 'bond');
    link.alias = aliasOf(madeMark('bond', name, holder));
    link.bond = wholeBondOptions(bond.options) as Record<string, string>;
    link.mtu = this.#baseMtu(name);
    const mac = this.#bondMac(bond, existing);
    if (mac !== null) link.mac = mac;
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
    // A tagged network does not disturb what its base device does otherwise.
    const undisturbed = holder === null && before === null && existing?.adminUp === true;
    if (undisturbed) {
      const master = existing.master === null ? undefined : this.#existing.get(existing.master);
      if (master !== undefined && !isMade(master)) delete link.master;
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
    const link = this.#base(name, 'bridge');
    const existing = this.#existing.get(name);
    link.alias = aliasOf(madeMark('bridge', name));
    link.mtu = network.mtu;
    link.ipv6 = false;
    link.unwanted = staleAddresses(existing);
    link.master = null;
    link.bridge = wholeBridgeOptions(network.bridgeOptions) as Record<string, string>;
    link.stp = network.stp;
    const mac = carrier === null ? null : this.#macOf(carrier);
    if (mac !== null) link.mac = mac;
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
    const link = this.#base(existing?.name ?? `${base}.${vlan}`, 'vlan');
    link.base = base;
    link.vlan = vlan;
    link.alias = aliasOf(madeMark('vlan', name));
    link.mtu = mtu;
    link.ipv6 = false;
    link.master = null;
    link.unwanted = staleAddresses(existing);
    const mac = this.#macOf(below);
    if (mac !== null) link.mac = mac;
    this.#devices.holds.add(link.name);
    return link;
  }

  /** What was ours and is wanted no longer: a nic gets back what it had when it was taken into use. */
  #addFreed(existing: LinkReport): void {
    const mark = readAlias(existing.alias);
    if (existing.kind !== 'nic' || mark === null) return;
    const link = this.#base(existing.name, 'nic');
    link.alias = '';
    if (Object.keys(mark.ethtool).length > 0) link.ethtool = mark.ethtool;
    link.master = null;
    link.mtu = this.#baseMtu(existing.name, mark.mtu ?? 1500);
    if (existing.slave !== null && existing.permanentMac !== null) link.mac = existing.permanentMac;
    // It may have been switched off by a network that left before the last one.
    if (mark.ipv6 || mark.holder !== null) giveSettingsBack(link, mark);
    if (mark.holder === null) return;
    this.#devices.holds.add(link.name);
    link.unwanted = staleAddresses(existing);
  }

  #base(name: string, kind: TargetLink['kind']): TargetLink {
    const link = plainLink(name, kind);
    link.up = true;
    // A removal that was broken off may have left a mark that would take the link away with the next.
    if (kind !== 'nic') link.group = OUR_GROUP;
    this.#devices.links.set(name, link);
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
   * A bond keeps its MAC; a new one takes that of the member through which the host is reached, else of its first member by
   * name. It gives a MAC up only when the nic it belongs to is put to use elsewhere, where two of the same would meet.
   */
  #bondMac(bond: BondConfig, existing: LinkReport | undefined): string | null {
    const members = [...bond.slaves].sort(byName);
    const used = (nic: string) => this.#devices.links.has(nic) && !members.includes(nic);
    const own = existing?.mac ?? null;
    const owner = this.#state.links.find((link) => link.kind === 'nic' && used(link.name) && ownMac(link) === own);
    if (own !== null && owner === undefined) return own;
    const reached = members.find((name) => this.#preferred.has(name));
    for (const name of [reached, ...members]) {
      const mac = ownMac(this.#existing.get(name ?? ''));
      if (mac !== null) return mac;
    }
    return null;
  }

  #macOf(link: TargetLink): string | null {
    return link.mac ?? ownMac(this.#existing.get(link.name));
  }
}

/** A nic that nothing untagged of ours holds any more has its settings as they were when it was taken into use. */
function giveSettingsBack(link: TargetLink, { ipv6, sysctls }: Mark): void {
  link.ipv6 = ipv6;
  if (Object.keys(sysctls).length > 0) link.sysctls = sysctls;
}

/** MAC of a nic itself, not the one that its bond lends it. */
function ownMac(link: LinkReport | undefined): string | null {
  if (link === undefined) return null;
  return link.slave === null ? link.mac : (link.permanentMac ?? link.mac);
}

/** Every address but those that the kernel makes for the link itself. */
function staleAddresses(link: LinkReport | undefined): TargetLink['unwanted'] {
  return (link?.addresses ?? [])
    .filter(({ origin }) => origin !== 'kernel')
    .map(({ family, address, prefix, validFor }) => ({ family, address, prefix, validFor }));
}
