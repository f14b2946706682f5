/** Static addresses, routes and rules on a real kernel. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { type HostConfig, MAIN_TABLE, type NetworkConfig } from '@patchbay/protocol';
import { type HostForTests, linkOf } from '../dhcp/host-for-tests.ts';
import {
  addressesOf,
  both,
  defaults,
  nothing,
  one,
  onSegment,
  type Part,
  rules,
  tableRoutes,
} from '../dhcp/scene-for-tests.ts';
import { bond, ip, network } from '../execute/real-kernel-for-tests.ts';
import { outputOf } from '../execute/spawn.ts';
import type { KernelState } from '../kernel.ts';
import { planFor } from './plan-for.ts';

const ip6 = (address: string, gateway: string | null = null): NetworkConfig['ipv6'] => ({
  method: 'static',
  address,
  prefix: 64,
  gateway,
});

/** Brings the host to a config. The state, which needs nothing more. */
async function settle(host: HostForTests, config: HostConfig): Promise<KernelState> {
  await host.apply(config);
  const state = await host.kernel.observe();
  const again = planFor(state, config);
  assert.deepEqual(again.ok && again.value.ops, [], 'the same again is no change');
  return state;
}

/** Gateway of the default route of the main table by a device of ours. */
const gateways = (state: KernelState, family: 4 | 6) =>
  state.routes.flatMap((route) =>
    route.family === family && route.destination === 'default' && route.table === MAIN_TABLE && route.protocol === '199'
      ? [`${route.gateway} ${route.device}`]
      : [],
  );

/** Listens to what the kernel tells of addresses and routes. @returns ends that, and gives the lines of those that left */
async function departures(): Promise<() => Promise<string[]>> {
  const child = spawn('ip', ['-o', 'monitor', 'address', 'route'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child, 'spawn');
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
    return lines.filter((line) => line.startsWith('Deleted'));
  };
}

onSegment('static addresses on a real kernel', ['dyn0', 'dyn1', 'dyn2'], (scene) => {
  const places: [string, Part, HostConfig['bonds'], string[]][] = [
    ['a nic', { base: 'dyn0' }, {}, ['dyn0']],
    ['a bond', { base: 'bond0' }, { bond0: bond(['dyn0', 'dyn1']) }, ['dyn0', 'dyn1', 'bond0']],
    ['a VLAN', { base: 'dyn0', vlan: 10 }, {}, ['dyn0', 'dyn0.10']],
  ];
  const families: [string, Part][] = [
    ['IPv4', { ipv4: ip('10.9.0.5') }],
    ['IPv6', { ipv6: ip6('2001:db8::5') }],
    ['both', { ipv4: ip('10.9.0.5'), ipv6: ip6('2001:db8::5') }],
  ];
  for (const [where, place, bonds, chain] of places) {
    for (const bridged of [true, false]) {
      test(`HT-087 static addresses on ${where}, ${bridged ? 'bridged' : 'without bridge'}`, async () => {
        for (const [which, addresses] of families) {
          const state = await settle(scene.host, {
            bonds,
            networks: { red: network({ ...place, ...addresses, bridged }) },
          });
          const northbound = bridged ? 'red' : (chain.at(-1) ?? '');
          const shown = [...addressesOf(state, northbound, 4), ...addressesOf(state, northbound, 6)];
          const wanted = { IPv4: ['10.9.0.5/24'], IPv6: ['2001:db8::5/64'], both: ['10.9.0.5/24', '2001:db8::5/64'] }[
            which
          ];
          assert.deepEqual(shown, wanted, which);
          for (const name of chain.filter((device) => device !== northbound)) {
            assert.deepEqual([...addressesOf(state, name, 4), ...addressesOf(state, name, 6)], [], name);
          }
        }
      });
    }
  }

  test('HT-088 from one family to the other and back leaves nothing', async () => {
    const v4 = one({ bridged: false, ipv4: ip('10.9.0.5', '10.9.0.1'), defaultRoute: true });
    const v6 = one({ bridged: false, ipv6: ip6('2001:db8::5', '2001:db8::1'), defaultRoute: true });
    for (const [config, family] of [
      [v4, 4],
      [v6, 6],
      [v4, 4],
    ] as const) {
      const state = await settle(scene.host, config);
      const other = family === 4 ? 6 : 4;
      assert.deepEqual([addressesOf(state, 'dyn0', family).length, addressesOf(state, 'dyn0', other)], [1, []]);
      assert.deepEqual(
        state.routes.filter((route) => route.device === 'dyn0' && route.family === other),
        [],
      );
      assert.deepEqual(
        state.rules.filter((rule) => rule.protocol === '199' && rule.family === other),
        [],
      );
      assert.equal(linkOf(state, 'dyn0').ipv6Disabled, family === 4);
    }
  });

  test('HT-089 an IPv6 address in its long spelling is the short one, and no drift', async () => {
    const config = one({ ipv6: ip6('2001:0DB8:0000:0000:0000:0000:0000:0005', '2001:0db8::0001'), defaultRoute: true });
    const state = await settle(scene.host, config);
    assert.deepEqual([addressesOf(state, 'red', 6), gateways(state, 6)], [['2001:db8::5/64'], ['2001:db8::1 red']]);
  });

  test('HT-090 an address changes within its subnet, the new one there before the old one leaves', async () => {
    const at = (end: string) =>
      one({ ipv4: ip(`10.9.0.${end}`, '10.9.0.1'), ipv6: ip6(`2001:db8::${end}`, '2001:db8::1'), defaultRoute: true });
    const before = await settle(scene.host, at('5'));
    const gone = await departures();
    const after = await settle(scene.host, at('6'));
    // Routes that only come from the old address itself are told with it.
    const left = (await gone()).filter((line) => !line.includes('10.9.0.5') && !line.includes('2001:db8::5'));
    assert.deepEqual(left, []);
    assert.deepEqual(
      [addressesOf(after, 'red', 4), addressesOf(after, 'red', 6)],
      [['10.9.0.6/24'], ['2001:db8::6/64']],
    );
    assert.deepEqual([tableRoutes(after), rules(after)], [tableRoutes(before), rules(before)]);
    assert.deepEqual([gateways(after, 4), gateways(after, 6)], [['10.9.0.1 red'], ['2001:db8::1 red']]);
  });

  test('HT-091 a second network gets an address, the first keeps its own', async () => {
    const bonds = { bond0: bond(['dyn0', 'dyn1']) };
    const red = network({ base: 'bond0', vlan: 10, ipv4: ip('10.9.10.5', '10.9.10.1') });
    const before = await settle(scene.host, { bonds, networks: { red, blue: network({ base: 'bond0', vlan: 11 }) } });
    const blue = network({ base: 'bond0', vlan: 11, ipv4: ip('10.9.11.5', '10.9.11.1') });
    const gone = await departures();
    const after = await settle(scene.host, { bonds, networks: { red, blue } });
    assert.deepEqual(
      (await gone()).filter((line) => line.includes('red')),
      [],
    );
    assert.deepEqual(addressesOf(after, 'red', 4), addressesOf(before, 'red', 4));
    assert.deepEqual(tableRoutes(after, 'red'), tableRoutes(before, 'red'));
    assert.deepEqual(addressesOf(after, 'blue', 4), ['10.9.11.5/24']);
  });

  const routed = (defaultRoute: boolean, end = '1') =>
    one({ ipv4: ip('10.9.0.5', `10.9.0.${end}`), ipv6: ip6('2001:db8::5', `2001:db8::${end}`), defaultRoute });
  const subnets = both('10.9.0.0/24', '2001:db8::/64');

  test('HT-092 a gateway with the default route: main table, own table, two rules, in each family', async () => {
    const state = await settle(scene.host, routed(true));
    assert.deepEqual([gateways(state, 4), gateways(state, 6)], [['10.9.0.1 red'], ['2001:db8::1 red']]);
    assert.deepEqual(tableRoutes(state), [
      '10.9.0.0/24 - red',
      '2001:db8::/64 - red',
      'default 10.9.0.1 red',
      'default 2001:db8::1 red',
    ]);
    assert.deepEqual(rules(state), subnets);
    assert.equal(new Set(state.rules.filter(({ protocol }) => protocol === '199').map(({ table }) => table)).size, 1);
  });

  test('HT-093 a gateway without the default route: own table and rules only', async () => {
    const state = await settle(scene.host, routed(false));
    assert.deepEqual([gateways(state, 4), gateways(state, 6)], [[], []]);
    assert.deepEqual([tableRoutes(state).length, rules(state)], [4, subnets]);
  });

  test('HT-094 a gateway changes: the default route is exchanged, not taken away', async () => {
    await settle(scene.host, routed(true));
    const gone = await departures();
    const state = await settle(scene.host, routed(true, '2'));
    assert.deepEqual(
      (await gone()).filter((line) => line.includes('default')),
      [],
    );
    assert.deepEqual([gateways(state, 4), gateways(state, 6)], [['10.9.0.2 red'], ['2001:db8::2 red']]);
    assert.deepEqual(
      tableRoutes(state).filter((route) => route.includes('default')),
      ['default 10.9.0.2 red', 'default 2001:db8::2 red'],
    );
  });

  test('HT-095 a gateway goes, with default route, table and rules', async () => {
    await settle(scene.host, routed(true));
    const config = one({ ipv4: ip('10.9.0.5'), ipv6: ip6('2001:db8::5'), defaultRoute: true });
    const state = await settle(scene.host, config);
    assert.deepEqual([gateways(state, 4), gateways(state, 6), tableRoutes(state), rules(state)], [[], [], [], []]);
    assert.deepEqual(
      [addressesOf(state, 'red', 4), addressesOf(state, 'red', 6)],
      [['10.9.0.5/24'], ['2001:db8::5/64']],
    );
  });

  const two = (holder: 'red' | 'blue' | null): HostConfig => ({
    bonds: {},
    networks: {
      red: network({ base: 'dyn0', ipv4: ip('10.9.0.5', '10.9.0.1'), defaultRoute: holder === 'red' }),
      blue: network({
        base: 'dyn1',
        vlan: 10,
        bridged: false,
        ipv4: ip('10.9.10.5', '10.9.10.1'),
        defaultRoute: holder === 'blue',
      }),
    },
  });

  test('HT-096 the default route moves to another network, the first keeps its table', async () => {
    const before = await settle(scene.host, two('red'));
    const state = await settle(scene.host, two('blue'));
    assert.deepEqual([gateways(before, 4), gateways(state, 4)], [['10.9.0.1 red'], ['10.9.10.1 dyn1.10']]);
    assert.deepEqual([tableRoutes(state), rules(state)], [tableRoutes(before), rules(before)]);
  });

  test('HT-097 the network with the default route goes, the other one is not touched', async () => {
    const before = await settle(scene.host, two('red'));
    const { red: _, ...rest } = two('red').networks;
    const gone = await departures();
    const state = await settle(scene.host, { bonds: {}, networks: rest });
    assert.deepEqual(
      (await gone()).filter((line) => line.includes('dyn1.10')),
      [],
    );
    assert.deepEqual([gateways(state, 4), rules(state)], [[], both('10.9.10.0/24')]);
    assert.deepEqual(tableRoutes(state), tableRoutes(before, 'dyn1.10'));
  });

  test('HT-098 replies leave by the network on which the question came', async () => {
    const { host, segment } = scene;
    const config: HostConfig = {
      bonds: {},
      networks: {
        red: network({
          base: 'dyn0',
          ipv4: ip('10.9.0.5', '10.9.0.1'),
          ipv6: ip6('2001:db8::5', '2001:db8::1'),
          defaultRoute: true,
        }),
        blue: network({
          base: 'dyn1',
          vlan: 10,
          ipv4: ip('10.9.10.5', '10.9.10.1'),
          ipv6: ip6('2001:db8:10::5', '2001:db8:10::1'),
        }),
      },
    };
    await settle(host, config);
    // A router that drops what comes in by another way than the one that leads back.
    await segment.inside('sysctl', '-qw', 'net.ipv4.conf.br0.rp_filter=1', 'net.ipv4.conf.all.rp_filter=1');
    await segment.ip('addr add 198.51.100.9/32 dev lo', 'addr add 2001:db8:ffff::9/128 dev lo');
    await segment.inside('ping', '-c1', '-W5', '-I', '198.51.100.9', '10.9.10.5');
    await segment.inside('ping', '-6', '-c1', '-W5', '-I', '2001:db8:ffff::9', '2001:db8:10::5');
    for (const [to, from, device] of [
      ['198.51.100.9', '10.9.10.5', 'blue'],
      ['198.51.100.9', '10.9.0.5', 'red'],
      ['2001:db8:ffff::9', '2001:db8:10::5', 'blue'],
      ['2001:db8:ffff::9', '2001:db8::5', 'red'],
    ]) {
      const way = await outputOf('ip', ['route', 'get', to ?? '', 'from', from ?? ''], 10_000);
      assert.match(way, new RegExp(` dev ${device} `), way);
    }
  });

  /** The table of a device in oVirt: the Adler-32 sum of its name (RFC 1950 §9). */
  const adler = (name: string) => {
    let [a, b] = [1, 0];
    for (const char of name) [a, b] = [(a + char.charCodeAt(0)) % 65521, (b + a + char.charCodeAt(0)) % 65521];
    return b * 65536 + a;
  };
  const onVlans = (ids: readonly number[]): HostConfig => ({
    bonds: { bond0: bond(['dyn0', 'dyn1']) },
    networks: Object.fromEntries(
      ids.map((id) => {
        const net = `10.${(id >> 8) + 20}.${id & 255}`;
        return [
          `v${id}`,
          network({ base: 'bond0', vlan: id, bridged: false, ipv4: ip(`${net}.5`, `${net}.1`) }),
        ] as const;
      }),
    ),
  });
  const tablesBy = (state: KernelState) =>
    new Map(
      state.routes.flatMap(({ destination, table, device }) =>
        destination === 'default' && table !== MAIN_TABLE ? [[device, table] as const] : [],
      ),
    );

  test('HT-099 networks on bond0.120 and bond0.201 have tables of their own', async () => {
    assert.equal(adler('bond0.120'), adler('bond0.201'), 'whose names give the same sum');
    const state = await settle(scene.host, onVlans([120, 201]));
    const tables = tablesBy(state);
    assert.notEqual(tables.get('bond0.120'), tables.get('bond0.201'));
    assert.deepEqual(tableRoutes(state, 'bond0.201'), ['10.20.201.0/24 - bond0.201', 'default 10.20.201.1 bond0.201']);
  });

  test('X8 no two networks share a table, and each keeps its own while others come and go', async () => {
    const ids = [111, 120, 131, 201, 212, 222];
    assert.ok(new Set(ids.map((id) => adler(`bond0.${id}`))).size < ids.length);
    const all = tablesBy(await settle(scene.host, onVlans(ids)));
    assert.equal(new Set(all.values()).size, ids.length);
    await settle(scene.host, onVlans([111, 201]));
    const again = tablesBy(await settle(scene.host, onVlans([...ids, 300])));
    assert.equal(new Set(again.values()).size, ids.length + 1);
    for (const id of [111, 201]) assert.equal(again.get(`bond0.${id}`), all.get(`bond0.${id}`));
  });

  for (const bridged of [false, true]) {
    test(`HT-100 what a down and up by hand took away comes back, ${bridged ? 'bridged' : 'without bridge'}`, async () => {
      const { host } = scene;
      const config: HostConfig = {
        bonds: {},
        networks: {
          red: network({
            base: 'dyn0',
            bridged,
            ipv4: ip('10.9.0.5', '10.9.0.1'),
            ipv6: ip6('2001:db8::5', '2001:db8::1'),
            defaultRoute: true,
          }),
          blue: network({
            base: 'dyn0',
            vlan: 10,
            bridged,
            ipv4: ip('10.9.10.5', '10.9.10.1'),
            ipv6: ip6('2001:db8:10::5', '2001:db8:10::1'),
          }),
        },
      };
      const before = await settle(host, config);
      host.parts.drift.allow(['rules', 'routes', 'addresses']);
      const shown = (state: KernelState) =>
        JSON.stringify([
          ...(bridged ? ['red', 'blue'] : ['dyn0', 'dyn0.10']).map((name) => [
            addressesOf(state, name, 4),
            addressesOf(state, name, 6),
          ]),
          ...[tableRoutes(state), rules(state), defaults(state, 4), defaults(state, 6)],
        ]);
      for (const name of bridged ? ['dyn0', 'red'] : ['dyn0']) {
        await host.kernel.execute([{ kind: 'link.set', name, up: false }]);
        const start = performance.now();
        await host.kernel.execute([{ kind: 'link.set', name, up: true }]);
        await host.settled('as before', (state) => shown(state) === shown(before));
        assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
      }
    });
  }

  test('a nic gets every setting back when its network goes', async () => {
    const { host } = scene;
    const settings = (state: KernelState) => ({ ...linkOf(state, 'dyn0').sysctls, alias: linkOf(state, 'dyn0').alias });
    await host.kernel.execute([
      { kind: 'sysctl.set', key: 'net/ipv4/conf/dyn0/rp_filter', value: '1' },
      { kind: 'sysctl.set', key: 'net/ipv6/conf/dyn0/accept_ra', value: '0' },
    ]);
    const before = settings(await host.kernel.observe());
    const ways: Part[] = [
      { bridged: false, ipv4: ip('10.9.0.5', '10.9.0.1'), ipv6: ip6('2001:db8::5') },
      { bridged: false, ipv6: { method: 'autoconf' } },
      { ipv4: ip('10.9.0.5', '10.9.0.1') },
    ];
    for (const way of ways) await settle(host, one(way));
    assert.deepEqual(settings(await settle(host, nothing)), before);
  });
});
