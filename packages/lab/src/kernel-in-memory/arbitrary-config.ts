/** Random host configs that a host with the nics eth0 to eth5 can take. For property tests. */
import type { BondConfig, HostConfig, NetworkConfig } from '@patchbay/protocol';
import fc from 'fast-check';

export const NICS = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4', 'eth5'];
const BONDS = ['bond0', 'bond1', 'bond2'];

interface Draw {
  /** Per nic: which bond it is in, 3 for none. */
  bondOf: number[];
  modes: string[];
  networks: {
    base: number;
    vlan: number | null;
    bridged: boolean;
    mtu: number;
    v4: 'none' | 'dhcp' | 'static';
    v6: 'none' | 'static' | 'autoconf' | 'dhcp' | 'poly_dhcp_autoconf';
    gateway: boolean;
    defaultRoute: boolean;
    stp: boolean;
    option: boolean;
    qos: { share: number; limit: number | null; committed: number | null } | null;
  }[];
}

const draw: fc.Arbitrary<Draw> = fc.record({
  bondOf: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 }),
  modes: fc.array(fc.constantFrom('0', '1', '2', '4', '6'), { minLength: 3, maxLength: 3 }),
  networks: fc.array(
    fc.record({
      base: fc.integer({ min: 0, max: 8 }),
      vlan: fc.option(fc.constantFrom(0, 10, 11, 12, 13, 4094)),
      bridged: fc.boolean(),
      mtu: fc.constantFrom(1000, 1280, 1500, 2000, 9000),
      v4: fc.constantFrom('none', 'dhcp', 'static'),
      v6: fc.constantFrom('none', 'static', 'autoconf', 'dhcp', 'poly_dhcp_autoconf'),
      gateway: fc.boolean(),
      defaultRoute: fc.boolean(),
      stp: fc.boolean(),
      option: fc.boolean(),
      qos: fc.option(
        fc.record({
          share: fc.constantFrom(1, 10, 100),
          limit: fc.option(fc.constantFrom(11, 17179)),
          committed: fc.option(fc.constantFrom(9, 10)),
        }),
      ),
    }),
    { maxLength: 20 },
  ),
});

export const hostConfig: fc.Arbitrary<HostConfig> = draw.map(configOf);

const bits = (mbit: number | null) => (mbit === null ? null : mbit * 1_000_000);

function configOf({ bondOf, modes, networks }: Draw): HostConfig {
  const bonds: Record<string, BondConfig> = {};
  BONDS.forEach((name, at) => {
    const slaves = NICS.filter((_, nic) => bondOf[nic] === at);
    const options: Record<string, string> = { mode: modes[at] ?? '1' };
    if (options['mode'] === '1' && slaves.length > 1) options['primary'] = slaves[1] ?? '';
    if (slaves.length > 0) bonds[name] = { slaves, options };
  });
  const bases = [...NICS.filter((_, nic) => bondOf[nic] === 3), ...Object.keys(bonds)];
  const made: Record<string, NetworkConfig> = {};
  const taken = new Set<string>();
  let free = true;
  networks.forEach((one, at) => {
    const base = bases[one.base % (bases.length + 1)] ?? null;
    const vlan = base === null ? null : one.vlan;
    const place = `${base}.${vlan}`;
    if (base !== null && taken.has(place)) return;
    taken.add(place);
    const v6 = one.mtu < 1280 ? 'none' : one.v6;
    const defaultRoute = free && one.defaultRoute;
    free &&= !defaultRoute;
    made[`net${at}`] = {
      base,
      vlan,
      bridged: base === null || one.bridged,
      stp: one.stp,
      mtu: one.mtu,
      ipv4:
        one.v4 === 'static'
          ? { method: 'static', address: `10.${at}.0.2`, prefix: 24, gateway: one.gateway ? `10.${at}.0.1` : null }
          : { method: one.v4 },
      ipv6:
        v6 === 'static'
          ? { method: 'static', address: `fd00:${at}::2`, prefix: 64, gateway: one.gateway ? `fd00:${at}::1` : null }
          : { method: v6 },
      defaultRoute,
      nameservers: defaultRoute ? ['10.0.0.53'] : null,
      bridgeOptions: one.option ? { multicast_snooping: '0', forward_delay: '400' } : {},
      ...(one.qos === null || base === null
        ? {}
        : { qos: { linkshare: one.qos.share, upperlimit: bits(one.qos.limit), realtime: bits(one.qos.committed) } }),
    };
  });
  return { bonds, networks: made };
}
