/**
 * What stands, device by device, in words that every manager's configuration has: what a host is handed back with. Pure. What
 * cannot be said to a manager is for its own file to tell; what none can be told is found here.
 */
import { type HostConfig, type LinkReport, MAIN_TABLE, type NetworkConfig } from '@patchbay/protocol';
import type { KernelState } from '../../kernel.ts';
import { bondOptions } from '../../observe/bond-options.ts';
import { documented, type Offers, offersOf } from '../../observe/offers.ts';
import { FIRST_TABLE, isOurTable } from '../../observe/ownership.ts';
import { isClaimed } from '../../plan/claims.ts';
import type { Target, TargetLink } from '../../plan/target.ts';
import { targetFor } from '../../plan/target-for.ts';
import { addDevices } from '../../plan/target-links.ts';

export interface HandedRoute {
  family: 4 | 6;
  /** CIDR; `0.0.0.0/0` or `::/0` for the default route. */
  destination: string;
  gateway: string | null;
  /** Null: the main table. */
  table: number | null;
  onlink: boolean;
}

export interface HandedRule {
  family: 4 | 6;
  priority: number;
  from: string | null;
  to: string | null;
  table: number;
}

export interface HandedIp {
  /** `none`: switched off on the device. */
  method: 'none' | 'static' | 'dhcp' | 'autoconf';
  /** With prefix, of a static device. */
  addresses: string[];
}

export interface HandedLink {
  name: string;
  kind: 'nic' | 'bond' | 'vlan' | 'bridge';
  /** Null: the device has it by itself. */
  mac: string | null;
  mtu: number;
  /** Bond or bridge that it is a port of. */
  master: { name: string; kind: 'bond' | 'bridge' } | null;
  base: string | null;
  vlan: number | null;
  /** Options that are not as the kernel has them by default, `mode` and `miimon` always. */
  bond: Record<string, string> | null;
  bridge: { stp: boolean; options: Record<string, string> } | null;
  ipv4: HandedIp;
  ipv6: HandedIp;
  routes: HandedRoute[];
  rules: HandedRule[];
  /** Whether routes that a lease or a router brings may be default routes. */
  defaultRoute: boolean;
  /** Option 61 of its DHCP client, hex; null when the device's own address is what a client sends anyway. */
  clientId: string | null;
  nameservers: string[];
}

export interface HandedHost {
  links: HandedLink[];
  /** Values under `/proc/sys` that no manager sets: key to value. */
  sysctls: Record<string, string>;
}

/** Source routes of a handed host are in tables outside of the range by which Patchbay knows its own. */
const HANDED_TABLES = 20_000;
export const handedTable = (table: number): number => (isOurTable(table) ? table - FIRST_TABLE + HANDED_TABLES : table);

/**
 * @param clientIds DHCP identities (hex) by network, where they are known
 * @returns the host, or sentences about what no manager can be told
 */
export function handedHost(
  state: KernelState,
  running: HostConfig,
  clientIds: Readonly<Record<string, string>>,
): { ok: true; host: HandedHost } | { ok: false; lacking: string[] } {
  const result = targetFor(state, running, new Set());
  if (!result.ok) return { ok: false, lacking: [result.problem.message] };
  const functions = Object.entries(running.virtualFunctions ?? {}).filter(([, count]) => count > 0);
  const lacking = [
    ...Object.entries(running.networks).flatMap(([name, network]) => inexpressible(name, network)),
    ...functions.map(
      ([nic]) => `${nic} has virtual functions, which no other manager is told to make: take them off first.`,
    ),
  ];
  if (lacking.length > 0) return { ok: false, lacking };
  const { northbound } = addDevices(state, running, new Set());
  const networks = new Map<string, { name: string; network: NetworkConfig }>();
  for (const [name, network] of Object.entries(running.networks)) {
    const device = northbound.get(name);
    if (device !== undefined) networks.set(device, { name, network });
  }
  const { target } = result;
  const builder = new LinkBuilder(state, target, networks, clientIds);
  const ours = [...target.links.values()].filter((link) => link.alias !== '' && isHanded(link, state, networks));
  const links = [...ours.map((link) => builder.of(link)), ...idleNics(state, target)];
  const sysctls: HandedHost['sysctls'] = {};
  for (const { name, rules } of links) {
    if (rules.some(({ family }) => family === 4)) sysctls[`net.ipv4.conf.${name.replaceAll('.', '/')}.rp_filter`] = '2';
  }
  return { ok: true, host: { links, sysctls } };
}

/** A nic that its manager has kept, because only tagged networks of ours are on it, has its configuration. */
function isHanded(link: TargetLink, { managers = [] }: KernelState, networks: ReadonlyMap<string, unknown>): boolean {
  return link.kind !== 'nic' || networks.has(link.name) || !managers.some(({ devices }) => devices.includes(link.name));
}

/** Nics that were claimed and carry nothing any more are handed back as they are: up, and with nothing on them. */
function idleNics({ links, managers = [] }: KernelState, target: Target): HandedLink[] {
  const used = (name: string) => (target.links.get(name)?.alias ?? '') !== '';
  return links
    .filter(
      ({ kind, name }) =>
        kind === 'nic' &&
        !used(name) &&
        managers.some(({ claims }) => claims.some((claim) => claim.device !== '*' && isClaimed([claim], name))),
    )
    .map((link) => ({ ...bareLink(link.name, 'nic', link.mtu), ipv6: { method: 'none', addresses: [] } }));
}

function inexpressible(name: string, { qos, ethtool = [], ipv4, moreAddresses = [] }: NetworkConfig): string[] {
  return [
    ...(ipv4.method !== 'dhcp' || moreAddresses.length === 0
      ? []
      : [`Network ${name} has addresses beside the one that is leased: take its ipv4_addrs off first.`]),
    ...(qos === undefined
      ? []
      : [`Network ${name} is shaped (QoS), which other managers do not do: take its QoS off first.`]),
    ...(ethtool.length === 0
      ? []
      : [`Network ${name} sets options of its nics (ethtool): take its ethtool_opts off first.`]),
  ];
}

class LinkBuilder {
  readonly #state: KernelState;
  readonly #target: Target;
  readonly #networks: ReadonlyMap<string, { name: string; network: NetworkConfig }>;
  readonly #clientIds: Readonly<Record<string, string>>;

  constructor(
    state: KernelState,
    target: Target,
    networks: ReadonlyMap<string, { name: string; network: NetworkConfig }>,
    clientIds: Readonly<Record<string, string>>,
  ) {
    this.#state = state;
    this.#target = target;
    this.#networks = networks;
    this.#clientIds = clientIds;
  }

  of(link: TargetLink): HandedLink {
    const now = this.#state.links.find(({ name }) => name === link.name);
    const kind = link.kind === 'other' ? 'nic' : link.kind;
    const { name, network } = this.#networks.get(link.name) ?? { name: null, network: null };
    const mac = now?.mac ?? link.mac ?? null;
    const clientId = name === null ? null : (this.#clientIds[name] ?? null);
    const offers = offersOf(this.#state);
    return {
      ...bareLink(link.name, kind, now?.mtu ?? link.mtu ?? 1500),
      mac: kind === 'bond' || kind === 'bridge' ? mac : null,
      master: this.#masterOf(link),
      base: link.base,
      vlan: link.vlan,
      bond: link.bond === undefined ? null : namedOptions(link.bond, offers),
      bridge:
        link.bridge === undefined
          ? null
          : { stp: link.stp === true, options: differing(link.bridge, freshBridge(offers)) },
      ipv4: ip4Of(network, now),
      ipv6: ip6Of(network, now),
      routes: this.#routesOf(link.name),
      rules: this.#rulesOf(link.name),
      defaultRoute: network?.defaultRoute === true,
      clientId: clientId === `01${mac?.replaceAll(':', '')}` ? null : clientId,
      nameservers: network?.defaultRoute === true ? this.#nameserversOf(link.name) : [],
    };
  }

  /** Those that are asked for, whoever was told of them; else those that there are. */
  #nameserversOf(device: string): string[] {
    const { nameservers, devices } = this.#target.dns;
    return nameservers ?? devices[device] ?? this.#state.nameservers;
  }

  #masterOf({ master }: TargetLink): HandedLink['master'] {
    const kind = master === undefined || master === null ? undefined : this.#target.links.get(master)?.kind;
    return typeof master === 'string' && (kind === 'bond' || kind === 'bridge') ? { name: master, kind } : null;
  }

  #routesOf(device: string): HandedRoute[] {
    return this.#target.routes.wanted.flatMap((route) => {
      if (route.device !== device) return [];
      const { family, destination, gateway, table, onlink } = route;
      const any = family === 4 ? '0.0.0.0/0' : '::/0';
      return [
        {
          family,
          destination: destination === 'default' ? any : destination,
          gateway,
          table: table === MAIN_TABLE ? null : handedTable(table),
          onlink: onlink === true,
        },
      ];
    });
  }

  /** Rules of the tables that the device's routes are in. */
  #rulesOf(device: string): HandedRule[] {
    const tables = new Set(
      this.#target.routes.wanted.flatMap((route) => (route.device === device ? [route.table] : [])),
    );
    return this.#target.rules.wanted.flatMap(({ family, priority, from, to, table }) =>
      tables.has(table) ? [{ family, priority, from, to, table: handedTable(table) }] : [],
    );
  }
}

function bareLink(name: string, kind: HandedLink['kind'], mtu: number): HandedLink {
  const off: HandedIp = { method: 'none', addresses: [] };
  return {
    ...{ name, kind, mtu, mac: null, master: null, base: null, vlan: null, bond: null, bridge: null },
    ...{ ipv4: off, ipv6: off, routes: [], rules: [], defaultRoute: false, clientId: null, nameservers: [] },
  };
}

function ip4Of(network: NetworkConfig | null, now: LinkReport | undefined): HandedIp {
  if (network === null) return foreignIp(now, 4);
  const { ipv4, moreAddresses = [] } = network;
  const own = ipv4.method === 'static' ? [`${ipv4.address}/${ipv4.prefix}`] : [];
  const addresses = [...own, ...moreAddresses];
  return { method: addresses.length > 0 ? 'static' : ipv4.method, addresses };
}

function ip6Of(network: NetworkConfig | null, now: LinkReport | undefined): HandedIp {
  if (network === null) return foreignIp(now, 6);
  const { ipv6 } = network;
  if (ipv6.method === 'static') return { method: 'static', addresses: [`${ipv6.address}/${ipv6.prefix}`] };
  // A client and the kernel's own way are one thing to other managers: they do what the router says.
  if (ipv6.method === 'poly_dhcp_autoconf') return { method: 'autoconf', addresses: [] };
  return { method: ipv6.method, addresses: [] };
}

/** Addresses that somebody has put on a device of ours, and that stay there. */
function foreignIp(now: LinkReport | undefined, family: 4 | 6): HandedIp {
  const addresses = (now?.addresses ?? []).flatMap((one) =>
    one.family === family && one.origin === 'static' && one.validFor === null ? [`${one.address}/${one.prefix}`] : [],
  );
  return { method: addresses.length === 0 ? 'none' : 'static', addresses };
}

function namedOptions(all: Readonly<Record<string, string>>, { bond }: Offers): Record<string, string> {
  const { mode = '0', miimon = '0', ...others } = all;
  const general = Object.fromEntries([...bondOptions.values()].map((option) => [option.name, option.default]));
  const defaults = { ...general, ...bond?.fresh[mode] };
  return { mode, ...(miimon === '0' ? {} : { miimon }), ...differing(others, defaults) };
}

const freshBridge = ({ bridge }: Offers) => (bridge ?? documented.bridge)?.fresh ?? {};

function differing(
  all: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== defaults[name]));
}
