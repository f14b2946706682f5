/** One pass over everything that Patchbay cares about in a kernel: two questions to `ip`, however many links there are. */
import { readFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import type { Capabilities, DhcpReport, LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { addDeviceSettings, hasIpv6 } from './device-settings.ts';
import { addEthtool, type CloserLook } from './ethtool.ts';
import { IpReader } from './ip-reader.ts';
import { parseLinks } from './links.ts';
import type { Offers } from './offers.ts';
import { addShaping } from './read-shaping.ts';
import { addRouters } from './routers.ts';
import { parseRoutes, parseRules } from './routes.ts';
import { addSriov } from './sriov.ts';

/** What the DHCP clients hold, and whether there are any. */
export interface DhcpTable {
  current(): DhcpReport[];
  available(): Pick<Capabilities, 'dhcp4' | 'dhcp6'>;
}

/** Who resolves names, and what it was told. */
export interface ResolverTable {
  read(): Promise<Pick<KernelState, 'nameservers' | 'resolver'>>;
}

export class Observer {
  readonly #dhcp: DhcpTable;
  readonly #resolver: ResolverTable;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #offers: () => Offers | null;
  readonly #sriovRoot: string;
  readonly #ip: IpReader;
  readonly #ip6: IpReader;

  /** @param sriovRoot of the file system that tells of SR-IOV */
  constructor(
    dhcp: DhcpTable,
    resolver: ResolverTable,
    environment: Readonly<Record<string, string>>,
    offers: () => Offers | null,
    sriovRoot = '',
  ) {
    this.#dhcp = dhcp;
    this.#resolver = resolver;
    this.#environment = environment;
    this.#offers = offers;
    this.#sriovRoot = sriovRoot;
    this.#ip = new IpReader(['-d', '-j'], environment);
    // The family of rules is chosen per program, not per question.
    this.#ip6 = new IpReader(['-6', '-d', '-j'], environment);
  }

  /** @throws when the kernel cannot be read */
  async observe(also: CloserLook = new Map()): Promise<KernelState> {
    const ipv6 = hasIpv6();
    const [[addresses = '', routes = '', rules4 = ''], [rules6 = ''], resolver, bootId] = await Promise.all([
      // Links first: the names of devices in the other answers come from what this one has seen.
      this.#ip.ask(['addr show', 'route show table all', 'rule show']),
      // A kernel without IPv6 refuses the question.
      ipv6 ? this.#ip6.ask(['rule show']) : [],
      this.#resolver.read(),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    const links = parseLinks(addresses);
    if (links.length === 0) throw new Error(`No links could be read: ip printed ${addresses.slice(0, 200)}`);
    addDeviceSettings(links);
    addSriov(links, this.#sriovRoot);
    await addShaping(links, this.#environment);
    await addEthtool(links, also, this.#environment);
    await addRouters(links, this.#ip6);
    const leases = this.#dhcp.current();
    markLeases(links, leases);
    const offers = this.#offers();
    return {
      ...(offers === null ? {} : { offers }),
      bootId: bootId.trim(),
      hostName: hostname(),
      kernel: release(),
      links,
      routes: parseRoutes(routes),
      rules: [...parseRules(rules4, 4), ...parseRules(rules6, 6)],
      ...resolver,
      dhcp: leases,
      capabilities: { ipv6, ...this.#dhcp.available() },
    };
  }
}

function markLeases(links: readonly LinkReport[], leases: readonly DhcpReport[]): void {
  const leased = new Set(leases.map(({ device, address }) => `${device} ${address?.split('/')[0]}`));
  for (const { name, addresses } of links) {
    for (const one of addresses) if (leased.has(`${name} ${one.address}`)) one.origin = 'dhcp';
  }
}
