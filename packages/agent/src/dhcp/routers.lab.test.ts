/** Addresses and routes by router advertisements, on a real kernel. Runs on a lab host, as root. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAIN_TABLE } from '@patchbay/protocol';
import { bond, ip, network } from '../execute/real-kernel-for-tests.ts';
import { run } from '../execute/spawn.ts';
import type { KernelState } from '../kernel.ts';
import { HostForTests, linkOf } from './host-for-tests.ts';
import {
  addressesOf,
  both,
  clientPids,
  defaults,
  dhcp4,
  dhcp6,
  one,
  onSegment,
  rules,
  slaac,
  tableRoutes,
} from './scene-for-tests.ts';

const poly = { ipv6: { method: 'poly_dhcp_autoconf' } } as const;
const ROUTER = 'fe80::ff:fe99:100';

/** Waits for an address of an advertised prefix, and for everything that hangs on it. */
const learned = (host: HostForTests, device: string) =>
  host.settled(`an address by advertisement on ${device}`, (state) =>
    linkOf(state, device).addresses.some(({ origin, tentative }) => origin === 'ra' && !tentative),
  );
/** Who made the IPv6 default routes of the main table by a device: `ra` for the kernel. */
const makers = (state: KernelState, device: string) =>
  state.routes.flatMap((route) =>
    route.family === 6 && route.destination === 'default' && route.table === MAIN_TABLE && route.device === device
      ? [route.protocol]
      : [],
  );

onSegment('router advertisements on a real kernel', ['dyn0', 'dyn1'], (scene) => {
  test('HT-161 without IPv6 there is none on the whole chain', async () => {
    const { host, segment } = scene;
    await segment.serve({ v6: 'slaac' });
    await host.apply({
      bonds: { bond0: bond(['dyn0', 'dyn1']) },
      networks: { red: network({ base: 'bond0', vlan: 10, ipv4: ip('10.9.10.5') }), flat: network({ base: 'bond0' }) },
    });
    const state = await host.kernel.observe();
    for (const name of ['dyn0', 'dyn1', 'bond0', 'bond0.10', 'red', 'flat']) {
      const { ipv6Disabled, addresses } = linkOf(state, name);
      assert.ok(ipv6Disabled && addresses.every(({ family }) => family === 4), name);
    }
  });

  test('HT-162 SLAAC alone', async () => {
    const { host, segment } = scene;
    await segment.serve({ v6: 'both' });
    await host.apply(one({ ...slaac, defaultRoute: true }));
    await learned(host, 'red');
    const state = await host.settled('the router’s own route', (now) => makers(now, 'red').includes('ra'));
    assert.deepEqual(addressesOf(state, 'red', 6), ['2001:db8::ff:fe99:0/64']);
    assert.deepEqual(makers(state, 'red'), ['ra']);
    assert.deepEqual([state.dhcp, clientPids('red')], [[], []]);
    assert.deepEqual(rules(state), both('2001:db8::/64'));
    assert.deepEqual(tableRoutes(state, 'red'), ['2001:db8::/64 - red', `default ${ROUTER} red`]);
  });

  test('X21 SLAAC needs no DHCPv6 beside it', async () => {
    const { host, segment } = scene;
    const server = await segment.serve({ v6: 'slaac' });
    await host.apply(one({ ...slaac, bridged: false }));
    assert.deepEqual(addressesOf(await learned(host, 'dyn0'), 'dyn0', 6), ['2001:db8::ff:fe99:0/64']);
    assert.deepEqual(server.said('DHCPSOLICIT'), []);
  });

  test('HT-163 SLAAC and DHCPv6', async () => {
    const { host, segment } = scene;
    await segment.serve({ v6: 'both' });
    await host.apply(one({ ...poly, defaultRoute: true }));
    await host.bound('red', 6);
    await learned(host, 'red');
    const state = await host.settled('the router’s own route', (now) => makers(now, 'red').includes('ra'));
    const shown = linkOf(state, 'red').addresses.filter(({ scope }) => scope === 'global');
    assert.deepEqual(shown.map(({ origin, prefix }) => `${origin} ${prefix}`).sort(), ['dhcp 128', 'ra 64']);
    assert.deepEqual([makers(state, 'red'), rules(state)], [['ra'], both('2001:db8::/64')]);
  });

  test('HT-164 routers are heeded on a host that forwards', async () => {
    const { host, segment } = scene;
    const forward = (value: 0 | 1) => run('sysctl', ['-qw', `net.ipv6.conf.all.forwarding=${value}`], 10_000);
    await forward(1);
    try {
      await segment.serve({ v6: 'slaac' });
      await host.apply(one({ ...slaac, defaultRoute: true }));
      const state = await host.settled('the router’s own route', (now) => makers(now, 'red').includes('ra'));
      assert.deepEqual([addressesOf(state, 'red', 6).length, makers(state, 'red')], [1, ['ra']]);
      // The router's next word, which the kernel hears for itself.
      await host.until('another advertisement', (now) =>
        linkOf(now, 'red').addresses.some(({ origin, validFor }) => origin === 'ra' && (validFor ?? 0) > 115),
      );
    } finally {
      await forward(0);
    }
  });

  test('HT-165 away from the default route, what routers say goes into the network’s own table', async () => {
    const { host, segment } = scene;
    await segment.serve({ v6: 'slaac' });
    const at = (defaultRoute: boolean) => one({ ...slaac, bridged: false, defaultRoute });
    for (const defaultRoute of [false, true, false, true]) {
      await host.apply(at(defaultRoute));
      await learned(host, 'dyn0');
      const state = await host.settled(
        'the way to the router',
        (now) => tableRoutes(now, 'dyn0').length === 2 && makers(now, 'dyn0').includes('ra') === defaultRoute,
      );
      assert.deepEqual(makers(state, 'dyn0'), defaultRoute ? ['ra'] : []);
      assert.deepEqual(tableRoutes(state, 'dyn0'), ['2001:db8::/64 - dyn0', `default ${ROUTER} dyn0`]);
      assert.deepEqual(rules(state), both('2001:db8::/64'));
    }
  });

  test('HT-166 a static address that another machine has is an error, and the change is taken back', async () => {
    const { host, segment } = scene;
    await segment.ip('addr add 2001:db8::5/64 dev br0 nodad');
    try {
      const ended = await host.change(
        one({ ipv6: { method: 'static', address: '2001:db8::5', prefix: 64, gateway: null } }),
      );
      assert.deepEqual([ended.outcome, ended.problem?.code], ['reverted', 'ERR_VERIFY']);
      assert.match(ended.problem?.message ?? '', /Another machine already uses 2001:db8::5 on red/);
      assert.ok(!(await host.kernel.observe()).links.some(({ name }) => name === 'red'));
    } finally {
      await segment.ip('addr del 2001:db8::5/64 dev br0');
    }
  });

  test('HT-166 a leased address that another machine has is declined, and another one comes', async () => {
    const { host, segment } = scene;
    const server = await segment.serve({ v6: 'dhcp' });
    await host.apply(one(dhcp6));
    const [first = ''] = addressesOf(await host.bound('red', 6), 'red', 6);
    const address = first.split('/')[0];
    await host.apply({ bonds: {}, networks: {} });
    await host.until('given back', () => server.said('DHCPRELEASE').length > 0);
    await segment.ip(`addr add ${address}/128 dev br0 nodad`);
    try {
      await host.apply(one(dhcp6));
      await host.until('declined', () => server.said('DHCPDECLINE').length > 0);
      const state = await host.settled('another address', (now) => {
        const addresses = addressesOf(now, 'red', 6);
        return addresses.length === 1 && addresses[0] !== first;
      });
      assert.ok(linkOf(state, 'red').addresses.every(({ dadFailed }) => !dadFailed));
      assert.ok(host.parts.said.some((line) => line.startsWith('another machine uses a leased address')));
    } finally {
      await segment.ip(`addr del ${address}/128 dev br0`);
    }
  });

  test('HT-167 a network gets a bridge and keeps the address that it made of its MAC', async () => {
    const { host, segment } = scene;
    await segment.serve({ v6: 'slaac' });
    await host.apply(one({ ...slaac, bridged: false, defaultRoute: true }));
    await learned(host, 'dyn0');
    const before = await host.settled('the router’s own route', (now) => makers(now, 'dyn0').includes('ra'));
    await host.apply(one({ ...slaac, defaultRoute: true }));
    // At once, and with a way out, although no router has said a word to the bridge.
    const moved = await host.kernel.observe();
    assert.deepEqual(addressesOf(moved, 'red', 6), addressesOf(before, 'dyn0', 6));
    assert.deepEqual(addressesOf(moved, 'dyn0', 6), []);
    assert.equal(makers(moved, 'red').length, 1);
    assert.deepEqual(rules(moved), rules(before));
    const after = await host.settled('the router’s own route', (now) => makers(now, 'red').includes('ra'));
    assert.deepEqual(makers(after, 'red'), ['ra']);
    assert.deepEqual(addressesOf(after, 'red', 6), addressesOf(before, 'dyn0', 6));
  });

  test('X9 rules follow every change, in both families, and a restart of the agent', async () => {
    const { segment } = scene;
    await segment.serve({ v4: true, v6: 'slaac' });
    await scene.host.apply(one({ ...dhcp4, ...slaac }));
    await scene.host.bound('red', 4);
    await learned(scene.host, 'red');
    scene.host.stop();
    scene.host = await HostForTests.start(scene.host);
    const { host } = scene;
    const before = await host.settled('rules', (now) => rules(now).length === 4);
    assert.deepEqual(rules(before), both('10.9.0.0/24', '2001:db8::/64'));
    // Another prefix, as after a move to another provider; the old address comes to its end.
    await segment.silence();
    await segment.ip('addr add 2001:db8:77::1/64 dev br0 nodad', 'addr del 2001:db8::1/64 dev br0');
    try {
      await segment.serveBy(
        '--interface=br0',
        '--enable-ra',
        '--dhcp-range=2001:db8:77::,ra-only,64,2m',
        '--ra-param=br0,5,60',
      );
      await host.settled('the other prefix', (now) => addressesOf(now, 'red', 6).length === 2);
      await host.kernel.execute([
        { kind: 'addr.del', device: 'red', family: 6, address: '2001:db8::ff:fe99:0', prefix: 64 },
        {
          kind: 'route.del',
          device: 'red',
          family: 6,
          table: MAIN_TABLE,
          destination: '2001:db8::/64',
          gateway: null,
          metric: 256,
        },
      ]);
      const after = await host.settled('the old rules gone', (now) => !rules(now).includes('from 2001:db8::/64'));
      assert.deepEqual(rules(after), both('10.9.0.0/24', '2001:db8:77::/64'));
      assert.deepEqual(
        tableRoutes(after, 'red').filter((route) => route.includes('2001:')),
        ['2001:db8:77::/64 - red'],
      );
      assert.deepEqual(defaults(after, 6), []);
    } finally {
      await segment.silence();
      await segment.ip('addr add 2001:db8::1/64 dev br0 nodad', 'addr del 2001:db8:77::1/64 dev br0');
    }
  });
});
