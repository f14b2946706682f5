/** One pass over everything that Patchbay cares about in a kernel: two questions to `ip`, however many links there are. */
import { readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import type { Capabilities, DhcpReport, LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { addDeviceSettings, hasIpv6 } from './device-settings.ts';
import { addEthtool, type CloserLook } from './ethtool.ts';
import { IpQuestions, type IpState } from './ip-questions.ts';
import { addFakeNics } from './nic-patterns.ts';
import type { Offers } from './offers.ts';
import { addShaping } from './read-shaping.ts';
import { addRouters } from './routers.ts';
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
  readonly #fakeNics: readonly string[];
  readonly #sriovRoot: string;
  readonly ip: IpQuestions;

  /**
   * @param fakeNics patterns of their names
   * @param sriovRoot of the file system that tells of SR-IOV
   */
  constructor(
    dhcp: DhcpTable,
    resolver: ResolverTable,
    environment: Readonly<Record<string, string>>,
    offers: () => Offers | null,
    fakeNics: readonly string[],
    sriovRoot = '',
  ) {
    this.#dhcp = dhcp;
    this.#resolver = resolver;
    this.#environment = environment;
    this.#offers = offers;
    this.#fakeNics = fakeNics;
    this.#sriovRoot = sriovRoot;
    this.ip = new IpQuestions(environment);
  }

  /** @throws when the kernel cannot be read */
  async observe(also: CloserLook = new Map()): Promise<KernelState> {
    return this.complete(await this.ip.all(), also);
  }

  /** What `ip` does not tell is read from elsewhere. @param state its reports are completed in place */
  async complete({ links, routes, rules }: IpState, also: CloserLook): Promise<KernelState> {
    addFakeNics(links, this.#fakeNics);
    addDeviceSettings(links);
    addSriov(links, this.#sriovRoot);
    await addShaping(links, this.#environment);
    await addEthtool(links, also, this.#environment);
    await addRouters(links, this.ip);
    const resolver = await this.#resolver.read();
    const leases = this.#dhcp.current();
    markLeases(links, leases);
    const offers = this.#offers();
    return {
      ...(offers === null ? {} : { offers }),
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      hostName: hostname(),
      kernel: release(),
      links,
      routes,
      rules,
      ...resolver,
      dhcp: leases,
      capabilities: { ipv6: hasIpv6(), ...this.#dhcp.available() },
    };
  }
}

function markLeases(links: readonly LinkReport[], leases: readonly DhcpReport[]): void {
  const leased = new Set(leases.map(({ device, address }) => `${device} ${address?.split('/')[0]}`));
  for (const { name, addresses } of links) {
    for (const one of addresses) if (leased.has(`${name} ${one.address}`)) one.origin = 'dhcp';
  }
}
