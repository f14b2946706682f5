/** A host without a kernel: it understands the same operations, refuses what a kernel refuses, and is ready in a microsecond. */
import {
  applyOp,
  type Execution,
  type Kernel,
  type KernelCounters,
  type KernelState,
  type Rehearsed,
  runsOf,
  World,
} from '@patchbay/agent';
import type { KernelOp, LinkReport, LldpElement, LldpNeighbours, ManagerReport } from '@patchbay/protocol';

export interface MemoryNic {
  name: string;
  mac: string;
  /** Bytes, 1500 when absent. */
  mtu?: number;
  /** Bytes, 9000 when absent. */
  maxMtu?: number;
  /** Mbit/s, 10000 when absent. */
  speed?: number;
  /** True when absent. */
  up?: boolean;
  /** `address/prefix` each. */
  addresses?: string[];
  /** SR-IOV: the most virtual functions that it can have; absent on a nic without. They are called `eth1v0`, `eth1v1`, … */
  virtualFunctions?: number;
}

export interface MemoryHost {
  hostName: string;
  nics: MemoryNic[];
  /** Gateway of the default route, and the nic it leaves by. */
  defaultRoute?: { device: string; gateway: string };
  nameservers?: string[];
  /** Other programs that set up networks on it. */
  managers?: ManagerReport[];
}

export interface MemoryLease {
  /** `address/prefix`. */
  address: string;
  gateway: string | null;
  nameservers?: string[];
}

export class MemoryKernel implements Kernel {
  readonly #hostName: string;
  readonly #world: World;
  readonly #unplugged = new Set<string>();
  readonly #neighbours = new Map<string, readonly LldpElement[]>();
  readonly #carried = new Map<string, KernelCounters['links'][string]>();
  /** Operations executed since the start, for assertions. */
  readonly executed: KernelOp[] = [];

  constructor(host: MemoryHost) {
    this.#hostName = host.hostName;
    const links = [loopback, ...host.nics.map(nicOf)].map((link, at) => ({ ...link, index: at + 1 }));
    this.#world = new World({
      links,
      routes: [],
      rules: [],
      dhcp: [],
      nameservers: host.nameservers ?? [],
      managers: host.managers ?? [],
    });
    for (const { name, up, addresses } of host.nics) {
      if (up !== false) this.disturb({ kind: 'link.set', name, up: true });
      for (const address of addresses ?? []) this.disturb(addressOp(name, address));
    }
    const route = host.defaultRoute;
    if (route !== undefined) this.disturb(defaultRouteOp(route.device, route.gateway));
  }

  observe(): Promise<KernelState> {
    const links = [...this.#world.links.values()].map((link) => this.#shown(link)).sort((a, b) => a.index - b.index);
    const { routes, rules, dhcp, nameservers, managers } = this.#world;
    return Promise.resolve(
      structuredClone({
        bootId: 'memory',
        hostName: this.#hostName,
        kernel: 'memory',
        links,
        routes,
        rules,
        nameservers,
        dhcp,
        managers,
      }),
    );
  }

  async execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    for (const run of runsOf(ops)) {
      await betweenRuns?.();
      for (const op of run.ops) {
        const refusal = applyOp(this.#world, op);
        if (refusal !== null) return { ok: false, failed: op, message: refusal };
        this.executed.push(op);
      }
    }
    return { ok: true };
  }

  /** Tries the ops on a copy of this kernel. */
  rehearse(ops: readonly KernelOp[]): Promise<Rehearsed> {
    const { links, routes, rules, dhcp, nameservers } = this.#world;
    const copy = new World(structuredClone({ links: [...links.values()], routes, rules, dhcp, nameservers }));
    for (const op of ops) {
      const refusal = applyOp(copy, op);
      if (refusal !== null) return Promise.resolve({ verdict: 'refused', op, message: refusal });
    }
    return Promise.resolve({ verdict: 'accepted' });
  }

  /** Another hand at the kernel. @throws when the kernel refuses */
  disturb(op: KernelOp): void {
    const refusal = applyOp(this.#world, op);
    if (refusal !== null) throw new Error(refusal);
  }

  /** Traffic through a device, which its base carries too; bytes. */
  carry(device: string, { rx, tx }: { rx: number; tx: number }): void {
    const link = this.#world.get(device);
    if (link === undefined) throw new Error(`There is no device ${device} for traffic.`);
    const { rxBytes = 0, txBytes = 0 } = this.#carried.get(device) ?? {};
    this.#carried.set(device, { rxBytes: rxBytes + rx, txBytes: txBytes + tx, rxErrors: 0, txErrors: 0 });
    if (link.base !== null) this.carry(link.base, { rx, tx });
  }

  counters(): KernelCounters {
    const still = { rxBytes: 0, txBytes: 0, rxErrors: 0, txErrors: 0 };
    const links = [...this.#world.links.keys()].map((name) => [name, this.#carried.get(name) ?? still] as const);
    return { links: Object.fromEntries(links), memory: null, cpu: null, load: null, bootTime: null, hugePages: [] };
  }

  /** What the neighbour of a nic tells from now on; null when it falls silent. */
  setNeighbour(nic: string, elements: readonly LldpElement[] | null): void {
    if (elements === null) this.#neighbours.delete(nic);
    else this.#neighbours.set(nic, elements);
  }

  /** What nics with a carrier hear. */
  lldp(): LldpNeighbours {
    const heard = [...this.#neighbours].filter(([nic]) => {
      const link = this.#world.get(nic);
      return link !== undefined && this.#hasCarrier(link);
    });
    return { nics: structuredClone(Object.fromEntries(heard.map(([nic, elements]) => [nic, [...elements]]))) };
  }

  /** Pulls or plugs the cable of a nic. */
  setCable(nic: string, plugged: boolean): void {
    if (plugged) this.#unplugged.delete(nic);
    else this.#unplugged.add(nic);
  }

  /** A DHCP server answers the client on the device; null takes the lease away. */
  lease(device: string, lease: MemoryLease | null): void {
    const family = lease?.address.includes(':') ? 6 : 4;
    const { address = null, gateway = null, nameservers = [] } = lease ?? {};
    const state = lease === null ? 'acquiring' : 'bound';
    const answered = { state, address, gateway, nameservers } as const;
    this.#world.dhcp = this.#world.dhcp.map((client) =>
      client.device === device && (lease === null || client.family === family) ? { ...client, ...answered } : client,
    );
  }

  #shown(link: LinkReport): LinkReport {
    const carrier = this.#hasCarrier(link);
    const operState = carrier ? 'UP' : link.adminUp && link.kind !== 'other' ? 'LOWERLAYERDOWN' : 'DOWN';
    const leased = this.#world.dhcp.flatMap(({ device, address }) => (device === link.name ? [address] : []));
    const addresses = link.addresses.map((one) => ({
      ...one,
      origin: leased.includes(`${one.address}/${one.prefix}`) ? ('dhcp' as const) : one.origin,
    }));
    const mode = link.bond?.options['mode'] ?? '';
    const active = oneActive.has(mode) ? this.#world.ports(link.name).find((p) => this.#hasCarrier(p)) : null;
    // No switch answers by LACP here, which a kernel shows as a partner of zeroes.
    const partnerMac = mode === LACP ? '00:00:00:00:00:00' : null;
    const bond = link.bond === null ? null : { ...link.bond, activeSlave: active?.name ?? null, partnerMac };
    const slave = link.slave === null ? null : { ...link.slave, miiUp: carrier };
    return { ...link, carrier, operState, addresses, bond, slave };
  }

  #hasCarrier(link: LinkReport): boolean {
    if (!link.adminUp) return false;
    if (link.kind === 'nic') return !this.#unplugged.has(link.name);
    if (link.kind === 'vlan') return this.#hasCarrier(this.#world.get(link.base) ?? link);
    if (link.kind === 'other') return true;
    return this.#world.ports(link.name).some((port) => this.#hasCarrier(port));
  }
}

/** Bonding modes in which one slave does the work: active-backup, balance-tlb, balance-alb. */
const oneActive = new Set(['1', '5', '6']);
const LACP = '4';

const loopback: Omit<LinkReport, 'index'> = {
  name: 'lo',
  kind: 'other',
  mac: '00:00:00:00:00:00',
  permanentMac: null,
  mtu: 65536,
  minMtu: 0,
  maxMtu: 0,
  adminUp: true,
  operState: 'UNKNOWN',
  carrier: true,
  master: null,
  base: null,
  vlan: null,
  alias: null,
  group: 'default',
  speed: null,
  ipv6Disabled: false,
  bond: null,
  slave: null,
  bridge: null,
  addresses: [],
};

/** What a nic in memory lets ethtool change. */
const ethtool = {
  features: { rx: 'on', tx: 'on', sg: 'on', tso: 'on', gso: 'on', gro: 'on', rxvlan: 'on', txvlan: 'on' },
  coalesce: { 'rx-usecs': '3', 'tx-usecs': '0' },
  ring: { rx: '256', tx: '256' },
  pause: { autoneg: 'on', rx: 'off', tx: 'off' },
  channels: { combined: '4' },
  link: { speed: '10000', duplex: 'full', autoneg: 'on', wol: 'd' },
};

function nicOf(nic: MemoryNic): Omit<LinkReport, 'index'> {
  return {
    ...loopback,
    name: nic.name,
    kind: 'nic',
    mac: nic.mac,
    permanentMac: nic.mac,
    mtu: nic.mtu ?? 1500,
    minMtu: 68,
    maxMtu: nic.maxMtu ?? 9000,
    adminUp: false,
    addresses: [],
    speed: nic.speed ?? 10_000,
    // A speed that nobody gave it is a word, as that of a veth.
    ...(nic.speed === undefined ? { nominalSpeed: true } : {}),
    ethtool: structuredClone(ethtool),
    // As a kernel makes a nic that has IPv6.
    sysctls: {
      ...{ 'ipv6/accept_ra': '1', 'ipv6/accept_ra_defrtr': '1', 'ipv6/autoconf': '1', 'ipv6/keep_addr_on_down': '0' },
      ...{ 'ipv4/rp_filter': '0', 'ipv4/arp_ignore': '0', 'ipv4/arp_announce': '0', 'ipv4/promote_secondaries': '0' },
    },
    ...(nic.virtualFunctions === undefined
      ? {}
      : { sriov: { total: nic.virtualFunctions, current: 0, held: 0, pf: null, vfIndex: null } }),
  };
}

function addressOp(device: string, text: string): KernelOp {
  const [address = '', prefix = ''] = text.split('/');
  const family = address.includes(':') ? 6 : 4;
  return { kind: 'addr.add', device, family, address, prefix: Number(prefix), nodad: true, validFor: null };
}

function defaultRouteOp(device: string, gateway: string): KernelOp {
  const family = gateway.includes(':') ? 6 : 4;
  const route = { table: 254, destination: 'default', metric: null, protocol: 'static' };
  return { kind: 'route.replace', family, gateway, device, ...route };
}
