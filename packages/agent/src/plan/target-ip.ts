/** The addresses, routes, rules, DHCP clients and name servers of a config. */
import {
  type HostConfig,
  type LinkReport,
  MAIN_TABLE,
  type NetworkConfig,
  type RouteReport,
  type RuleReport,
} from '@patchbay/protocol';
import { canonical, type Family, inSubnet, isLinkLocal, subnetOf } from '../ip-address.ts';
import type { KernelState } from '../kernel.ts';
import { isOurRoute, OUR_PROTOCOL, RULE_PRIORITY, readAlias } from '../observe/ownership.ts';
import { madeByKernel } from './link-local-mode.ts';
import { advertised, isLearned } from './router-advertisements.ts';
import { SourceTables } from './source-table.ts';
import type { DhcpClient, TargetAddress, TargetLink } from './target.ts';
import type { Devices } from './target-links.ts';

export interface IpPlan {
  routes: RouteReport[];
  rules: RuleReport[];
  dhcp: DhcpClient[];
  /** Of the network with the default route, by what it says or what its leases bring; null when neither says anything. */
  nameservers: string[] | null;
  /** Devices on which routers may say where the default route of the main table goes. */
  heardRouters: Set<string>;
  /** Device to the routing table of the network whose addresses it has, where that needs one. */
  tables: Map<string, number>;
}

/** Fills in the addresses of the devices that hold them. @returns what is not part of a device */
export function addIp(state: KernelState, config: HostConfig, devices: Devices): IpPlan {
  const plan: IpPlan = {
    routes: [],
    rules: [],
    dhcp: [],
    nameservers: null,
    heardRouters: new Set(),
    tables: new Map(),
  };
  const tables = new SourceTables(state, config, devices.northbound);
  const existing = new Map(state.links.map((link) => [link.name, link]));
  for (const [name, network] of Object.entries(config.networks)) {
    const link = devices.links.get(devices.northbound.get(name) ?? '');
    if (link === undefined) continue;
    new NetworkIp(state, name, network, link, existing.get(link.name), plan, tables).add();
  }
  return plan;
}

class NetworkIp {
  readonly #state: KernelState;
  readonly #name: string;
  readonly #network: NetworkConfig;
  readonly #link: TargetLink;
  readonly #plan: IpPlan;
  readonly #tables: SourceTables;
  /** The device as it is; absent when it is still to be made. */
  readonly #existing: LinkReport | undefined;

  constructor(
    state: KernelState,
    name: string,
    network: NetworkConfig,
    link: TargetLink,
    existing: LinkReport | undefined,
    plan: IpPlan,
    tables: SourceTables,
  ) {
    this.#state = state;
    this.#name = name;
    this.#network = network;
    this.#link = link;
    this.#plan = plan;
    this.#tables = tables;
    this.#existing = existing;
  }

  add(): void {
    const { ipv4, ipv6, moreAddresses = [], defaultRoute, nameservers } = this.#network;
    const leased6 = ipv6.method === 'dhcp' || ipv6.method === 'poly_dhcp_autoconf';
    const learned = ipv6.method === 'autoconf' || ipv6.method === 'poly_dhcp_autoconf';
    if (ipv4.method !== 'none' || moreAddresses.length > 0)
      this.#set('ipv4', { arp_ignore: '1', arp_announce: '2', promote_secondaries: '1' });
    if (ipv4.method === 'dhcp') this.#routeLoosely();
    if (ipv4.method === 'static') this.#fix(4, ipv4);
    if (ipv6.method === 'static') this.#fix(6, ipv6);
    if (ipv4.method === 'dhcp') this.#lease(4);
    // The first address of a subnet is the one by which the host speaks there.
    for (const more of moreAddresses) {
      const [address = '', prefix = ''] = more.split('/');
      this.#hold({ family: 4, address, prefix: Number(prefix), validFor: null });
    }
    if (leased6) this.#lease(6);
    this.#link.ipv6 = ipv6.method !== 'none';
    this.#link.ourIpv6 = this.#link.ipv6;
    if (this.#link.ipv6) {
      const mark = readAlias(this.#existing?.alias ?? null);
      this.#link.sysctls = { ...this.#link.sysctls, ...madeByKernel(this.#existing?.sysctls, mark?.sysctls) };
    }
    if (ipv6.method === 'static') {
      // What is static stays when somebody takes the device down and up; the kernel drops it otherwise.
      this.#set('ipv6', { accept_ra: '0', autoconf: '0', keep_addr_on_down: '1' });
    }
    if (learned || leased6) {
      this.#set('ipv6', {
        // 2: also where forwarding is on. DHCPv6 brings no routes, so it needs the routers' word as well.
        accept_ra: '2',
        accept_ra_defrtr: defaultRoute ? '1' : '0',
        autoconf: learned ? '1' : '0',
      });
      this.#followRouters(learned);
    }
    const table = this.#tables.needed(this.#name);
    if (table !== null) this.#plan.tables.set(this.#link.name, table);
    if (!defaultRoute) return;
    const leased = [...(this.#bound(4)?.nameservers ?? []), ...(this.#bound(6)?.nameservers ?? [])];
    this.#plan.nameservers = nameservers ?? (leased.length > 0 ? leased : null);
  }

  #fix(family: Family, ip: { address: string; prefix: number; gateway: string | null }): void {
    const gateway = ip.gateway === '::' || ip.gateway === null ? null : canonical(ip.gateway);
    const address = { family, address: canonical(ip.address), prefix: ip.prefix, validFor: null };
    this.#hold(address);
    if (gateway !== null) this.#route(family, [subnetOf(address.address, address.prefix)], gateway, true);
  }

  #lease(family: Family): void {
    this.#plan.dhcp.push({ device: this.#link.name, network: this.#name, family });
    // Routes and rules follow the lease: their table is there before it.
    this.#tables.of(this.#name);
    const asks = this.#state.dhcp.some(
      (client) =>
        client.family === family &&
        client.device === this.#link.name &&
        client.network === this.#name &&
        client.state === 'acquiring',
    );
    if (asks) this.#keep(family);
    const lease = this.#bound(family);
    const [address, prefix] = lease?.address?.split('/') ?? [];
    if (lease === undefined || address === undefined) return;
    const held = this.#state.links.flatMap(({ addresses }) => addresses).find((one) => one.address === address);
    const bits = prefix === undefined ? held?.prefix : Number(prefix);
    if (bits === undefined) return;
    // The lease stays valid while the network moves to another device, because its identity moves along.
    const validFor = lease.validFor === undefined ? (held?.validFor ?? null) : lease.validFor;
    this.#hold({ family, address, prefix: bits, validFor });
    if (lease.gateway !== null) this.#route(family, [subnetOf(address, bits)], canonical(lease.gateway), true);
  }

  /** While a client asks on a device, what was carried over to the device stays: the answer will most likely be the same. */
  #keep(family: Family): void {
    for (const one of this.#existing?.addresses ?? []) {
      const { family: of, address, prefix, validFor, origin } = one;
      const others = one.dadFailed || isLearned(one) || origin === 'kernel';
      if (of === family && !others) this.#hold({ family, address, prefix, validFor });
    }
    if (family === 6) return;
    const routes = this.#state.routes.filter(
      (route) => route.family === family && route.device === this.#link.name && isOurRoute(route),
    );
    const tables = new Set(routes.flatMap(({ table }) => (table === MAIN_TABLE ? [] : [table])));
    this.#plan.routes.push(...routes);
    this.#plan.rules.push(...this.#state.rules.filter((rule) => rule.family === family && tables.has(rule.table)));
  }

  /**
   * What routers advertise is the kernel's to take up. Ours is to keep it over a move to another device, and to route by it: by the
   * network's table, because the kernel knows the main one only.
   */
  #followRouters(learned: boolean): void {
    this.#tables.of(this.#name);
    const { defaultRoute } = this.#network;
    if (defaultRoute) this.#plan.heardRouters.add(this.#link.name);
    const held = this.#tables.holderOf(this.#name) ?? this.#carrier();
    const heard = advertised(this.#state, this.#existing, held, defaultRoute);
    if (learned) {
      this.#link.unwanted = without(this.#link.unwanted, heard.addresses);
      // Made from the MAC, so only where that moves along is it the address that the routers' next word brings again.
      const same = held !== undefined && held.mac === (this.#link.mac ?? this.#existing?.mac);
      if (heard.carried.length > 0 && same) for (const one of heard.carried) this.#hold(one);
    }
    if (heard.gateway === null) return;
    const leases = this.#link.wanted.filter(({ family, prefix }) => family === 6 && prefix === 128);
    const lone = leases.flatMap(({ address }) =>
      heard.subnets.some((subnet) => inSubnet(address, subnet)) ? [] : [`${address}/128`],
    );
    this.#route(6, [...heard.subnets, ...lone], heard.gateway, false);
    // Until routers are heard where the network is now. Behind theirs, for the kernel refuses its own beside one of the same metric.
    if (defaultRoute && !heard.inMain) {
      this.#plan.routes.push(this.#routeTo(6, MAIN_TABLE, 'default', heard.gateway, STOPGAP_METRIC));
    }
  }

  /** The device that carries the network, where it may have been heard of before Patchbay had it. */
  #carrier(): LinkReport | undefined {
    const { base, vlan } = this.#network;
    return this.#state.links.find((link) =>
      vlan === null ? link.name === base : link.kind === 'vlan' && link.base === base && link.vlan === vlan,
    );
  }

  #hold(address: TargetAddress): void {
    this.#link.wanted.push(address);
    this.#link.unwanted = without(this.#link.unwanted, [address]);
    this.#routeToSubnet(address);
  }

  /**
   * To the subnet of an address whose manager has made that route itself, and will not make it again. Once made it stays: the manager may
   * take the address along as it goes, and the kernel gets it anew.
   */
  #routeToSubnet({ family, address, prefix }: TargetAddress): void {
    const held = this.#existing?.addresses.find((one) => one.address === address && one.prefix === prefix);
    const subnet = subnetOf(address, prefix);
    const made = this.#state.routes.some(
      (route) =>
        isOurRoute(route) &&
        route.table === MAIN_TABLE &&
        route.device === this.#link.name &&
        route.destination === subnet,
    );
    if ((held?.noPrefixRoute !== true && !made) || prefix === (family === 4 ? 32 : 128)) return;
    this.#plan.routes.push(this.#routeTo(family, MAIN_TABLE, subnet, null, null));
  }

  /**
   * Replies leave by the network on which the question came.
   * @param ours whether the default route of the main table is ours to set, if the network has that role
   */
  #route(family: Family, subnets: readonly string[], gateway: string, ours: boolean): void {
    const table = this.#tables.of(this.#name);
    if (this.#network.defaultRoute && ours) {
      this.#plan.routes.push(this.#routeTo(family, MAIN_TABLE, 'default', gateway, null, subnets));
    }
    this.#plan.routes.push(this.#routeTo(family, table, 'default', gateway, null, subnets));
    for (const subnet of subnets) {
      this.#plan.routes.push(this.#routeTo(family, table, subnet, null, null));
      const rule = { family, priority: RULE_PRIORITY, table, protocol: OUR_PROTOCOL };
      this.#plan.rules.push({ ...rule, from: subnet, to: null }, { ...rule, from: null, to: subnet });
    }
    if (family === 4) this.#routeLoosely();
  }

  #routeTo(
    family: Family,
    table: number,
    destination: string,
    gateway: string | null,
    metric: number | null,
    subnets: readonly string[] = [],
  ): RouteReport {
    const onlink = gateway !== null && !isLinkLocal(gateway) && !subnets.some((subnet) => inSubnet(gateway, subnet));
    const route = { family, table, destination, gateway, device: this.#link.name, protocol: OUR_PROTOCOL, metric };
    return onlink ? { ...route, onlink } : route;
  }

  /** Answers to what was asked over another way are no forgeries where replies have a way of their own. */
  #routeLoosely(): void {
    this.#set('ipv4', { rp_filter: '2' });
  }

  #set(family: 'ipv4' | 'ipv6', settings: Record<string, string>): void {
    const named = Object.entries(settings).map(([name, value]) => [`${family}/${name}`, value] as const);
    this.#link.sysctls = { ...this.#link.sysctls, ...Object.fromEntries(named) };
  }

  #bound(family: Family) {
    const named = this.#state.dhcp.filter((client) => client.family === family && client.network === this.#name);
    return named.find(({ state }) => state === 'bound');
  }
}

/** Greater than that of what the kernel learns, 1024. */
const STOPGAP_METRIC = 2048;

function without(addresses: TargetAddress[], kept: readonly { address: string; prefix: number }[]): TargetAddress[] {
  return addresses.filter(
    (one) => !kept.some(({ address, prefix }) => address === one.address && prefix === one.prefix),
  );
}
