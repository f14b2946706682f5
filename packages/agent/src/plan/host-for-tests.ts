/** A host with six nics for the tests of this folder, and the operations applied to it. */
import type { BondConfig, HostConfig, KernelOp, LinkReport, NetworkConfig, Plan } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { applyOp } from './apply-op.ts';
import { planFor } from './plan-for.ts';
import { World } from './world.ts';

export function network(part: Partial<NetworkConfig>): NetworkConfig {
  return {
    base: null,
    vlan: null,
    bridged: true,
    stp: false,
    mtu: 1500,
    ipv4: { method: 'none' },
    ipv6: { method: 'none' },
    defaultRoute: false,
    nameservers: null,
    bridgeOptions: {},
    ...part,
  };
}

export function bond(slaves: string[], options: Record<string, string> = { mode: '1' }): BondConfig {
  return { slaves, options };
}

export function ip4(address: string, gateway: string | null = null): NetworkConfig['ipv4'] {
  return { method: 'static', address, prefix: 24, gateway };
}

function nic(at: number): LinkReport {
  const mac = `02:00:00:00:00:0${at}`;
  return {
    index: at + 1,
    name: `eth${at}`,
    kind: 'nic',
    mac,
    permanentMac: mac,
    mtu: 1500,
    minMtu: 68,
    maxMtu: 9000,
    adminUp: true,
    operState: 'UP',
    carrier: true,
    master: null,
    base: null,
    vlan: null,
    alias: null,
    group: 'default',
    speed: 1000,
    ipv6Disabled: false,
    bond: null,
    slave: null,
    bridge: null,
    addresses: [],
  };
}

export class TestHost {
  readonly world: World;

  constructor() {
    this.world = new World({
      links: [0, 1, 2, 3, 4, 5].map(nic),
      routes: [],
      rules: [],
      dhcp: [],
      nameservers: ['192.0.2.53'],
    });
  }

  /** eth0 has the address by which the host is reached, and the default route. */
  static managed(): TestHost {
    const host = new TestHost();
    const address = { family: 4, address: '192.0.2.5', prefix: 24, nodad: true, validFor: null } as const;
    const route = { family: 4, table: 254, destination: 'default', gateway: '192.0.2.1', metric: null } as const;
    host.run([
      { kind: 'addr.add', device: 'eth0', ...address },
      { kind: 'route.replace', device: 'eth0', protocol: 'boot', ...route },
    ]);
    return host;
  }

  get state(): KernelState {
    const { routes, rules, dhcp, nameservers, managers, resolver } = this.world;
    const links = [...this.world.links.values()];
    const state = { bootId: 'b', hostName: 'h', kernel: 'k', links, routes, rules, dhcp, nameservers, managers };
    return structuredClone(resolver === undefined ? state : { ...state, resolver });
  }

  /** A server gives a lease to the client on a device; null takes it away. */
  lease(device: string, address: string | null, gateway: string | null = null, nameservers: string[] = []): void {
    const family = address?.includes(':') ? 6 : 4;
    this.world.dhcp = this.world.dhcp.map((client) => {
      if (client.device !== device || (address !== null && client.family !== family)) return client;
      const { network } = client;
      const key = { device, network, family: client.family };
      return address === null
        ? { ...key, state: 'acquiring', address, gateway, nameservers }
        : { ...key, state: 'bound', address, gateway, nameservers, validFor: 120 };
    });
  }

  run(ops: readonly KernelOp[]): void {
    for (const op of ops) {
      const refusal = applyOp(this.world, op);
      if (refusal !== null) throw new Error(`${JSON.stringify(op)}: ${refusal}`);
    }
  }

  plan(config: HostConfig, management: string | null = null): Plan {
    const planned = planFor(this.state, config, management);
    if (!planned.ok) throw new Error(planned.problem.message);
    return planned.value;
  }

  /** Brings the host to a config and shows that nothing is left to do. */
  apply(config: HostConfig, management: string | null = null): Plan {
    const plan = this.plan(config, management);
    this.run(plan.ops);
    const left = this.plan(config, management).ops;
    if (left.length > 0) throw new Error(`Something is left to do: ${JSON.stringify(left)}`);
    return plan;
  }

  problem(config: HostConfig): string {
    const planned = planFor(this.state, config);
    if (planned.ok) throw new Error('The config was accepted.');
    return planned.problem.code;
  }

  link(name: string): LinkReport {
    const link = this.world.get(name);
    if (link === undefined) throw new Error(`${name} is missing.`);
    return link;
  }
}

/** A plan in few words, to compare orders: `set eth0 master=bond0`. */
export function words(ops: readonly KernelOp[]): string[] {
  return ops.map(({ kind, ...rest }) => {
    const parts = Object.entries(rest).filter(([key]) =>
      ['name', 'device', 'up', 'master', 'mtu', 'address'].includes(key),
    );
    return [
      kind,
      ...parts.map(([key, value]) => (key === 'name' || key === 'device' ? value : `${key}=${value}`)),
    ].join(' ');
  });
}
