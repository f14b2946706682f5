/** What other programs of a host set up as Patchbay itself would not, on a real kernel. Runs on a lab host, as root; uses eth1 and eth2. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { afterEach, before, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { apply, batch, has, inLab, ip, kernel, link, network, restore } from './real-kernel-for-tests.ts';

const nothing: HostConfig = { bonds: {}, networks: {} };
const red = (part: Parameters<typeof network>[0]): HostConfig => ({ bonds: {}, networks: { red: network(part) } });
const routesOf = ({ routes }: KernelState, device: string) =>
  routes
    .filter((route) => route.device === device && route.family === 4 && route.table === 254)
    .map(({ destination, gateway, protocol }) => `${destination} ${gateway ?? '-'} ${protocol}`)
    .sort();

describe('what other hands have set', { skip: inLab ? false : 'needs a lab host' }, () => {
  let start: KernelState;
  before(async () => {
    await batch('link set eth1 up', 'link set eth2 up');
    start = await kernel.observe();
  });
  afterEach(async () => {
    await apply(nothing);
    await batch('addr flush dev eth1', 'link set eth1 down', 'link set eth1 up');
    await restore(start);
  });

  test('an address with another at its end goes, and comes back with it', async () => {
    await batch('addr add 203.0.113.5 peer 192.0.2.1/32 dev eth1');
    const before = await kernel.observe();
    const given = link(before, 'eth1').addresses.find(({ address }) => address === '203.0.113.5');
    assert.deepEqual([given?.peer, given?.prefix], ['192.0.2.1', 32]);
    const { after } = await apply(red({ base: 'eth1' }));
    assert.ok(!has(after, 'eth1', '203.0.113.5'));
    await restore(before);
    const back = link(await kernel.observe(), 'eth1').addresses;
    assert.deepEqual(
      back.find(({ address }) => address === '203.0.113.5'),
      given,
    );
  });

  test('an address whose manager makes its routes itself keeps its subnet and gateway without it', async () => {
    await batch(
      'addr add 203.0.113.5/24 dev eth1 noprefixroute',
      'route add 203.0.113.0/24 dev eth1 proto kernel src 203.0.113.5 metric 100',
      'route add default via 203.0.113.1 dev eth1 proto static metric 100',
    );
    const before = await kernel.observe();
    const config = red({
      ...{ base: 'eth1', bridged: false, defaultRoute: true },
      ipv4: ip('203.0.113.5', '203.0.113.1'),
    });
    await apply(config);
    await batch('link set eth1 down', 'link set eth1 up');
    const { after } = await apply(config);
    const routes = routesOf(after, 'eth1');
    assert.ok(routes.includes('203.0.113.0/24 - 199') && routes.includes('default 203.0.113.1 199'), routes.join('; '));
    await batch('link set eth1 down', 'link set eth1 up');
    await restore(before);
    assert.deepEqual(routesOf(await kernel.observe(), 'eth1'), routesOf(before, 'eth1'));
  });

  test('a link-local address beside the one of the kernel goes with IPv6, and comes back', async () => {
    await batch('addr add fe80::1/64 dev eth1');
    const before = await kernel.observe();
    const manual = (state: KernelState) =>
      state.links.flatMap(({ name, addresses }) =>
        addresses.flatMap((one) => (one.manual === true ? [`${name} ${one.address}/${one.prefix}`] : [])),
      );
    assert.deepEqual(manual(before), ['eth1 fe80::1/64']);
    const { after } = await apply(red({ base: 'eth1' }));
    assert.ok(!has(after, 'eth1', 'fe80::1'));
    await restore(before);
    assert.deepEqual(manual(await kernel.observe()), manual(before));
  });

  test('a route with several ways goes with the last of them, and comes back with all', async () => {
    await batch(
      'addr add 203.0.113.5/24 dev eth1',
      'addr add 198.51.100.5/24 dev eth2',
      'route add 10.9.0.0/16 proto bird nexthop via 203.0.113.1 dev eth1 weight 3 nexthop via 198.51.100.1 dev eth2',
    );
    const before = await kernel.observe();
    const several = ({ routes }: KernelState) => routes.filter(({ nexthops }) => nexthops !== undefined);
    assert.equal(several(before)[0]?.nexthops?.length, 2);
    await batch('link set eth1 down');
    assert.deepEqual(several(await kernel.observe()), several(before));
    await batch('link set eth2 down');
    assert.deepEqual(several(await kernel.observe()), []);
    await restore(before);
    assert.deepEqual(several(await kernel.observe()), several(before));
    await batch('addr flush dev eth2');
  });

  test('the routes of a routing daemon are its own, those of a person on a device of ours are not', async () => {
    const config = red({ base: 'eth1', ipv4: ip('203.0.113.5') });
    await apply(config);
    await batch(
      'route add 198.51.100.0/25 via 203.0.113.9 dev red proto bird',
      'route add 198.51.100.128/25 via 203.0.113.9 dev red proto 80',
      'route add 192.0.2.0/24 via 203.0.113.9 dev red proto static',
    );
    const { after } = await apply({ ...config, networks: { ...config.networks, blue: network({ base: 'eth2' }) } });
    const left = routesOf(after, 'red');
    assert.ok(left.includes('198.51.100.0/25 203.0.113.9 bird'), left.join('; '));
    assert.ok(left.includes('198.51.100.128/25 203.0.113.9 80'), left.join('; '));
    assert.ok(!left.some((route) => route.startsWith('192.0.2.0/24')), left.join('; '));
  });

  test('a network has IPv6 where new devices of the host have none', async () => {
    const setting = '/proc/sys/net/ipv6/conf/default/disable_ipv6';
    writeFileSync(setting, '1');
    try {
      const ipv6 = { method: 'static', address: '2001:db8::5', prefix: 64, gateway: null } as const;
      const { after } = await apply(red({ base: 'eth1', vlan: 6, ipv6 }));
      assert.ok(has(after, 'red', '2001:db8::5'));
    } finally {
      writeFileSync(setting, '0');
    }
  });
});
