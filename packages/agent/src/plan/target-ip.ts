/** The addresses, routes, rules, DHCP clients and name servers of a config. */
import type { HostConfig, NetworkConfig, RouteReport, RuleReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { isOurRoute, MAIN_TABLE, OUR_PROTOCOL, RULE_PRIORITY } from '../observe/ownership.ts';
import { canonical, type Family, inSubnet, isLinkLocal, subnetOf } from './ip-address.ts';
import { tableFor } from './source-table.ts';
import type { DhcpClient, TargetAddress, TargetLink } from './target.ts';
import type { Devices } from './target-links.ts';

export interface IpPlan {
  routes: RouteReport[];
  rules: RuleReport[];
  dhcp: DhcpClient[];
  nameservers: string[] | null;
}

/** Fills in the addresses of the devices that hold them. @returns what is not part of a device */
export function addIp(state: KernelState, config: HostConfig, devices: Devices): IpPlan {
  const plan: IpPlan = { routes: [], rules: [], dhcp: [], nameservers: null };
  const tables = new Set<number>();
  const all = new Set(devices.northbound.values());
  for (const [name, network] of Object.entries(config.networks)) {
    const link = devices.links.get(devices.northbound.get(name) ?? '');
    if (link === undefined) continue;
    const others = new Set([...all].filter((device) => device !== link.name));
    new NetworkIp(state, name, network, link, plan, tables, others).add();
  }
  return plan;
}

class NetworkIp {
  readonly #state: KernelState;
  readonly #name: string;
  readonly #network: NetworkConfig;
  readonly #link: TargetLink;
  readonly #plan: IpPlan;
  readonly #tables: Set<number>;
  readonly #others: ReadonlySet<string>;

  constructor(
    state: KernelState,
    name: string,
    network: NetworkConfig,
    link: TargetLink,
    plan: IpPlan,
    tables: Set<number>,
    others: ReadonlySet<string>,
  ) {
    this.#state = state;
    this.#name = name;
    this.#network = network;
    this.#link = link;
    this.#plan = plan;
    this.#tables = tables;
    this.#others = others;
  }

  add(): void {
    const { ipv4, ipv6, moreAddresses = [], defaultRoute, nameservers } = this.#network;
    const link = this.#link;
    for (const more of moreAddresses) {
      const [address = '', prefix = ''] = more.split('/');
      this.#hold({ family: 4, address, prefix: Number(prefix), validFor: null });
    }
    this.#family(4, ipv4.method === 'dhcp', ipv4.method === 'static' ? ipv4 : null);
    const leased6 = ipv6.method === 'dhcp' || ipv6.method === 'poly_dhcp_autoconf';
    const learned = ipv6.method === 'autoconf' || ipv6.method === 'poly_dhcp_autoconf';
    this.#family(6, leased6, ipv6.method === 'static' ? ipv6 : null);
    link.ipv6 = ipv6.method !== 'none';
    if (link.ipv6) {
      link.sysctls = {
        ...link.sysctls,
        // 2: also where forwarding is on. DHCPv6 brings no routes, so it needs the router's word as well.
        'ipv6/accept_ra': learned || leased6 ? '2' : '0',
        'ipv6/accept_ra_defrtr': defaultRoute ? '1' : '0',
        'ipv6/autoconf': learned ? '1' : '0',
      };
      const learnedOnes = this.#existing().filter(({ origin }) => learned && origin === 'ra');
      link.unwanted = without(link.unwanted, learnedOnes);
    }
    if (!defaultRoute) return;
    const leased = this.#lease(4)?.nameservers ?? [];
    this.#plan.nameservers = nameservers ?? (leased.length > 0 ? leased : null);
  }

  #family(
    family: Family,
    leased: boolean,
    ip: { address: string; prefix: number; gateway: string | null } | null,
  ): void {
    if (ip !== null) {
      const gateway = ip.gateway === '::' || ip.gateway === null ? null : canonical(ip.gateway);
      const address = { family, address: canonical(ip.address), prefix: ip.prefix, validFor: null };
      this.#hold(address);
      if (gateway !== null) this.#route(address, gateway);
    }
    if (!leased) return;
    this.#plan.dhcp.push({ device: this.#link.name, network: this.#name, family });
    const clients = this.#state.dhcp.filter((client) => client.family === family && client.device === this.#link.name);
    if (clients.some(({ network, state }) => network === this.#name && state === 'acquiring')) this.#keep(family);
    const lease = this.#lease(family);
    const [address, prefix] = lease?.address?.split('/') ?? [];
    if (lease === undefined || address === undefined) return;
    const held = this.#state.links.flatMap(({ addresses }) => addresses).find((one) => one.address === address);
    const bits = prefix === undefined ? held?.prefix : Number(prefix);
    if (bits === undefined) return;
    // The lease stays valid while the network moves to another device, because its identity moves along.
    const validFor = lease.validFor === undefined ? (held?.validFor ?? null) : lease.validFor;
    const leasedAddress = { family, address, prefix: bits, validFor };
    this.#hold(leasedAddress);
    if (lease.gateway !== null) this.#route(leasedAddress, canonical(lease.gateway));
  }

  /** While a client asks on a device, what was carried over to the device stays: the answer will most likely be the same. */
  #keep(family: Family): void {
    for (const { family: of, address, prefix, validFor, origin } of this.#existing()) {
      if (of === family && origin !== 'kernel') this.#hold({ family, address, prefix, validFor });
    }
    const routes = this.#state.routes.filter(
      (route) => route.family === family && route.device === this.#link.name && isOurRoute(route),
    );
    const tables = new Set(routes.flatMap(({ table }) => (table === MAIN_TABLE ? [] : [table])));
    this.#plan.routes.push(...routes);
    this.#plan.rules.push(...this.#state.rules.filter((rule) => rule.family === family && tables.has(rule.table)));
    for (const table of tables) this.#tables.add(table);
  }

  #hold(address: TargetAddress): void {
    this.#link.wanted.push(address);
    this.#link.unwanted = without(this.#link.unwanted, [address]);
  }

  /** Default route if the network has the role; and replies leave by the network on which the question came. */
  #route({ family, address, prefix }: TargetAddress, gateway: string): void {
    const device = this.#link.name;
    const subnet = subnetOf(address, prefix);
    const table = tableFor(this.#state, subnet, device, this.#others, this.#tables);
    this.#tables.add(table);
    const onlink = !isLinkLocal(gateway) && !inSubnet(gateway, subnet);
    const route = (to: Pick<RouteReport, 'table' | 'destination' | 'gateway'>): RouteReport => ({
      family,
      device,
      protocol: OUR_PROTOCOL,
      metric: null,
      ...to,
      ...(onlink && to.gateway !== null ? { onlink } : {}),
    });
    if (this.#network.defaultRoute)
      this.#plan.routes.push(route({ table: MAIN_TABLE, destination: 'default', gateway }));
    this.#plan.routes.push(route({ table, destination: 'default', gateway }));
    this.#plan.routes.push(route({ table, destination: subnet, gateway: null }));
    const rule = { family, priority: RULE_PRIORITY, table, protocol: OUR_PROTOCOL };
    this.#plan.rules.push({ ...rule, from: subnet, to: null }, { ...rule, from: null, to: subnet });
    if (family === 4) this.#link.sysctls = { ...this.#link.sysctls, 'ipv4/rp_filter': '2' };
  }

  #lease(family: Family) {
    const named = this.#state.dhcp.filter((client) => client.family === family && client.network === this.#name);
    return named.find(({ state }) => state === 'bound');
  }

  #existing() {
    return this.#state.links.find(({ name }) => name === this.#link.name)?.addresses ?? [];
  }
}

function without(addresses: TargetAddress[], kept: readonly { address: string; prefix: number }[]): TargetAddress[] {
  return addresses.filter(
    (one) => !kept.some(({ address, prefix }) => address === one.address && prefix === one.prefix),
  );
}
