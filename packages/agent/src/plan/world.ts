/**
 * A kernel in memory: what {@link KernelState} shows, and the little that it does not show but that decides what happens
 * next. The planner foresees with it what each step does; the lab's in-memory kernel is this, behind the same door as a real one.
 */
import type {
  DhcpReport,
  LinkReport,
  ManagerReport,
  ResolverReport,
  RouteReport,
  RuleReport,
} from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { type Offers, offersOf } from '../observe/offers.ts';

/** What the kernel knows about a link beyond what it shows. */
export interface Hidden {
  /** Bond members: MTU to return to on release; null when it was enslaved before we looked. */
  originalMtu: number | null;
  /** Bridges: `auto` follows the smallest port, `set` was set by hand, `unknown` stood before we looked. */
  bridgeMtu: 'auto' | 'set' | 'unknown';
  /** Whether the MAC was given and not chosen by the kernel. */
  macSet: boolean;
  /** A value that can no longer be foreseen; the planner sets it whatever it is. */
  unsureMtu: boolean;
  unsureMac: boolean;
  unsureIpv6: boolean;
  /** Its MAC has changed while IPv6 was on: what the kernel made of the old one is still there. */
  oldMacIpv6: boolean;
  /** Bonds: the member to prefer, which the kernel keeps in mind while that nic is no member. */
  primary: string;
  /** Bonds: options that the mode does not show. */
  dormant: Record<string, string>;
}

const fresh: Omit<Hidden, 'dormant'> = {
  originalMtu: null,
  bridgeMtu: 'auto',
  macSet: false,
  unsureMtu: false,
  unsureMac: false,
  unsureIpv6: false,
  oldMacIpv6: false,
  primary: '',
};

export class World {
  readonly links = new Map<string, LinkReport>();
  readonly hidden = new Map<string, Hidden>();
  routes: RouteReport[];
  rules: RuleReport[];
  dhcp: DhcpReport[];
  nameservers: string[];
  resolver: ResolverReport | undefined;
  managers: ManagerReport[];
  /** What the kernel takes. */
  readonly offers: Offers;
  /** Whether it has IPv6 at all. */
  readonly ipv6: boolean;
  readonly #vlans = new Map<string, string>();
  readonly #above = new Map<string, Set<string>>();
  #nextIndex: number;

  constructor(
    state: Pick<
      KernelState,
      'links' | 'routes' | 'rules' | 'dhcp' | 'nameservers' | 'resolver' | 'managers' | 'offers' | 'capabilities'
    >,
  ) {
    this.offers = offersOf(state);
    this.ipv6 = state.capabilities?.ipv6 ?? true;
    for (const link of state.links.map(copyOf)) {
      this.links.set(link.name, link);
      const macSet = link.kind === 'nic' || link.kind === 'bond';
      const primary = link.bond?.options['primary'] ?? '';
      this.hidden.set(link.name, { ...fresh, dormant: {}, bridgeMtu: 'unknown', macSet, primary });
      this.#settle(link);
      if (link.master !== null) this.#join(link.master, link.name);
    }
    this.routes = [...state.routes];
    this.rules = [...state.rules];
    this.dhcp = state.dhcp.map((client) => ({ ...client }));
    this.nameservers = [...state.nameservers];
    this.resolver = state.resolver;
    this.managers = [...(state.managers ?? [])];
    this.#nextIndex = state.links.reduce((highest, link) => Math.max(highest, link.index), 0) + 1;
  }

  get(name: string | null): LinkReport | undefined {
    return name === null ? undefined : this.links.get(name);
  }

  /** Members of a bond or bridge. */
  ports(master: string): LinkReport[] {
    return this.#related(master).filter((link) => link.master === master);
  }

  /** The VLAN device of an id on a device. */
  vlanOn(base: string, id: number): LinkReport | undefined {
    return this.get(this.#vlans.get(`${base} ${id}`) ?? null);
  }

  /** VLAN devices on a nic, bond or other device. */
  vlansOn(base: string): LinkReport[] {
    return this.standingOn(base).filter(({ kind }) => kind === 'vlan');
  }

  /** Everything that goes with a device: VLAN devices, macvlans and the like. */
  standingOn(base: string): LinkReport[] {
    return this.#related(base).filter((link) => link.base === base);
  }

  hiddenOf(link: LinkReport): Hidden {
    let hidden = this.hidden.get(link.name);
    if (hidden === undefined) {
      hidden = { ...fresh, dormant: {} };
      this.hidden.set(link.name, hidden);
    }
    return hidden;
  }

  insert(link: Omit<LinkReport, 'index'>): LinkReport {
    const added = { ...link, index: this.#nextIndex++ };
    this.links.set(link.name, added);
    this.#settle(added);
    return added;
  }

  drop(link: LinkReport): void {
    this.links.delete(link.name);
    this.hidden.delete(link.name);
    if (link.kind === 'vlan') this.#vlans.delete(`${link.base} ${link.vlan}`);
    for (const below of [link.master, link.base]) if (below !== null) this.#above.get(below)?.delete(link.name);
  }

  setMaster(port: LinkReport, master: string | null): void {
    if (port.master !== null && port.master !== port.base) this.#above.get(port.master)?.delete(port.name);
    port.master = master;
    if (master !== null) this.#join(master, port.name);
  }

  #settle({ name, kind, base, vlan }: Omit<LinkReport, 'index'>): void {
    if (base !== null) this.#join(base, name);
    if (kind === 'vlan') this.#vlans.set(`${base} ${vlan}`, name);
  }

  #join(below: string, name: string): void {
    const names = this.#above.get(below) ?? new Set();
    this.#above.set(below, names.add(name));
  }

  #related(name: string): LinkReport[] {
    return [...(this.#above.get(name) ?? [])].flatMap((above) => this.links.get(above) ?? []);
  }
}

/** Deep enough: operations replace addresses and bridge options, and change only the rest in place. */
function copyOf(link: LinkReport): LinkReport {
  const { bond } = link;
  return {
    ...link,
    bond: bond === null ? null : { ...bond, options: { ...bond.options }, slaves: [...bond.slaves] },
  };
}
