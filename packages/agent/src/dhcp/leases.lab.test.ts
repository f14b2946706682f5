/**
 * Leases on a real kernel, from real servers. Runs on a lab host, as root; everything else is of its own making: nics, the segment
 * behind them, servers and an agent's parts.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import type { AddressReport, HostConfig } from '@patchbay/protocol';
import { bond, ip, network } from '../execute/real-kernel-for-tests.ts';
import { outputOf, run } from '../execute/spawn.ts';
import { bootRestore } from '../transaction/boot-restore.ts';
import { HostForTests, linkOf } from './host-for-tests.ts';
import type { Identity } from './identity.ts';
import {
  addressesOf,
  both,
  clientPids,
  defaults,
  dhcp4,
  dhcp6,
  leased,
  nothing,
  one,
  onSegment,
  type Part,
  renew,
  rules,
  tableRoutes,
} from './scene-for-tests.ts';
import type { Server } from './segment-for-tests.ts';

/** How often a server has said something with all of these words. */
const asks = (server: Server, ...words: string[]) => server.said(...words).length;

onSegment('leases on a real kernel', ['dyn0', 'dyn1', 'dyn2'], (scene) => {
  describe('HT-146', () => {
    for (const [families, part] of [
      ['DHCPv4', dhcp4],
      ['DHCPv6', dhcp6],
      ['both', { ...dhcp4, ...dhcp6 }],
    ] as const) {
      for (const bridged of [true, false]) {
        for (const defaultRoute of [true, false]) {
          const title = `HT-146 ${families}, ${bridged ? 'bridged' : 'without bridge'}${defaultRoute ? ', default route' : ''}`;
          test(title, async () => {
            await scene.segment.serve({ v4: true, v6: 'dhcp', servers6: ['2001:db8::53'] });
            await scene.host.apply(one({ ...part, bridged, defaultRoute }));
            const device = bridged ? 'red' : 'dyn0';
            const v4 = part !== dhcp6;
            const v6 = part !== dhcp4;
            await scene.host.bound(device, ...(v4 ? [4 as const] : []), ...(v6 ? [6 as const] : []));
            const subnets = [...(v4 ? ['10.9.0.0/24'] : []), ...(v6 ? ['2001:db8::/64'] : [])];
            const state = await scene.host.settled('routes', (now) => String(rules(now)) === String(both(...subnets)));
            assert.equal(addressesOf(state, device, 4).length, v4 ? 1 : 0);
            assert.equal(addressesOf(state, device, 6).length, v6 ? 1 : 0);
            const origins = linkOf(state, device).addresses.filter(({ scope }) => scope === 'global');
            assert.ok(origins.every(({ origin, validFor }) => origin === 'dhcp' && validFor !== null));
            assert.deepEqual(defaults(state, 4).includes(device), v4 && defaultRoute);
            assert.deepEqual(defaults(state, 6).includes(device), v6 && defaultRoute);
            if (v4) assert.ok(tableRoutes(state).includes(`default 10.9.0.1 ${device}`));
            if (v6) assert.ok(tableRoutes(state).some((route) => /^default fe80::\S+ /.test(route)));
            if (defaultRoute) {
              const servers = [...(v4 ? ['10.9.0.1'] : []), ...(v6 ? ['2001:db8::53'] : [])];
              assert.deepEqual(state.nameservers, servers);
            } else assert.deepEqual(state.nameservers, ['192.0.2.53']);
          });
        }
      }
    }
  });

  test('HT-147 a network gets a bridge and keeps its leases', async () => {
    const server = await scene.segment.serve({ v4: true, v6: 'dhcp' });
    await scene.host.apply(one({ ...dhcp4, ...dhcp6, bridged: false, defaultRoute: true }));
    const before = leased(await scene.host.bound('dyn0', 4, 6), 'dyn0');
    await scene.host.apply(one({ ...dhcp4, ...dhcp6, defaultRoute: true }));
    // The addresses are there at once, before any server has said a word about it.
    const moved = await scene.host.kernel.observe();
    assert.deepEqual(
      [...addressesOf(moved, 'red', 4), ...addressesOf(moved, 'red', 6)].map((address) =>
        before.some((lease) => lease.endsWith(` ${address}`)),
      ),
      [true, true],
    );
    const after = await scene.host.bound('red', 4, 6);
    assert.deepEqual(leased(after, 'red'), before);
    assert.deepEqual(addressesOf(after, 'dyn0', 4), []);
    assert.equal(asks(server, 'DHCPRELEASE'), 0);
    assert.ok(asks(server, 'DHCPCONFIRM') > 0, 'DHCPv6 asks whether the address still fits');
    await scene.host.apply(one({ ...dhcp4, ...dhcp6, bridged: false, defaultRoute: true }));
    assert.deepEqual(leased(await scene.host.bound('dyn0', 4, 6), 'dyn0'), before);
  });

  test('HT-148 leases on a bond, and on a VLAN of it, bridged', async () => {
    await scene.segment.serve({ v4: true, v6: 'dhcp' }, { vlan: 10, v4: true, v6: 'dhcp' });
    const config: HostConfig = {
      bonds: { bond0: bond(['dyn0', 'dyn1']) },
      networks: {
        red: network({ base: 'bond0', ...dhcp4, ...dhcp6 }),
        blue: network({ base: 'bond0', vlan: 10, ...dhcp4, ...dhcp6 }),
      },
    };
    await scene.host.apply(config);
    await scene.host.bound('red', 4, 6);
    const state = await scene.host.bound('blue', 4, 6);
    assert.match(addressesOf(state, 'red', 4)[0] ?? '', /^10\.9\.0\./);
    assert.match(addressesOf(state, 'blue', 4)[0] ?? '', /^10\.9\.10\./);
    assert.match(addressesOf(state, 'blue', 6)[0] ?? '', /^2001:db8:10::1/);
    assert.deepEqual(rules(state), both('10.9.0.0/24', '10.9.10.0/24', '2001:db8::/64', '2001:db8:10::/64').sort());
    assert.equal(new Set(state.rules.filter(({ protocol }) => protocol === '199').map(({ table }) => table)).size, 2);
  });

  test('HT-149 of two networks with DHCP, one has the default route, and the other its own table', async () => {
    await scene.segment.serve({ v4: true, v6: 'dhcp' }, { vlan: 10, v4: true, v6: 'dhcp' });
    await scene.host.apply({
      bonds: {},
      networks: {
        red: network({ base: 'dyn0', ...dhcp4, ...dhcp6, defaultRoute: true }),
        blue: network({ base: 'dyn1', vlan: 10, bridged: false, ...dhcp4, ...dhcp6 }),
      },
    });
    await scene.host.bound('red', 4, 6);
    await scene.host.bound('dyn1.10', 4, 6);
    const state = await scene.host.settled('all rules', (now) => rules(now).length === 8);
    assert.deepEqual([defaults(state, 4), defaults(state, 6)], [['red'], ['red']]);
    const [red, blue] = ['red', 'dyn1.10'].map((device) =>
      tableRoutes(state).filter((route) => route.endsWith(` ${device}`)),
    );
    assert.equal(red?.length, 4);
    assert.ok(blue?.includes('default 10.9.10.1 dyn1.10') && blue.includes('2001:db8:10::/64 - dyn1.10'), String(blue));
  });

  for (const served of [true, false]) {
    test(`HT-150 from DHCP to a static address, the server ${served ? 'there' : 'gone'}`, async () => {
      await scene.segment.serve({ v4: true, v6: 'dhcp' });
      await scene.host.apply(one({ ...dhcp4, ...dhcp6, defaultRoute: true }));
      await scene.host.bound('red', 4, 6);
      if (!served) await scene.segment.silence();
      const ipv6 = { method: 'static', address: '2001:db8::5', prefix: 64, gateway: '2001:db8::1' } as const;
      await scene.host.apply(one({ ipv4: ip('10.9.0.5', '10.9.0.1'), ipv6, defaultRoute: true }));
      const state = await scene.host.kernel.observe();
      assert.deepEqual(state.dhcp, []);
      assert.deepEqual(
        [addressesOf(state, 'red', 4), addressesOf(state, 'red', 6)],
        [['10.9.0.5/24'], ['2001:db8::5/64']],
      );
      assert.deepEqual([defaults(state, 4), defaults(state, 6)], [['red'], ['red']]);
      assert.equal(state.routes.filter(({ protocol, device }) => protocol === 'ra' && device === 'red').length, 0);
      assert.deepEqual(rules(state), both('10.9.0.0/24', '2001:db8::/64'));
      assert.equal(clientPids('red').length, 0);
    });
  }

  test('HT-151 without a server the change succeeds, and the address comes when the server does', async () => {
    await scene.host.apply(one({ ...dhcp4, ...dhcp6 }));
    const waiting = await scene.host.kernel.observe();
    assert.deepEqual(
      waiting.dhcp.map(({ family, state }) => [family, state]),
      [
        [4, 'acquiring'],
        [6, 'acquiring'],
      ],
    );
    await scene.segment.serve({ v4: true, v6: 'dhcp' });
    await scene.host.bound('red', 4, 6);
  });

  test('HT-152 a lease with another address moves the rules, and stale ones go', async () => {
    await scene.segment.serve({ v4: true }, { vlan: 10, v4: true });
    await scene.host.apply(one({ ...dhcp4, defaultRoute: true }));
    const before = await scene.host.bound('red', 4);
    await scene.segment.silence();
    // Another subnet: what is untagged for the scene.host comes to another server.
    await scene.segment.ip('addr del 10.9.0.1/24 dev br0', 'addr add 10.8.0.1/24 dev br0');
    try {
      const config = ['--dhcp-range=10.8.0.100,10.8.0.150,255.255.255.0,2m', '--dhcp-option=option:router,10.8.0.1'];
      await scene.segment.serveBy('--interface=br0', ...config);
      renew('red');
      const state = await scene.host.settled(
        'the other address',
        (now) => addressesOf(now, 'red', 4)[0]?.startsWith('10.8.0.') === true,
      );
      assert.deepEqual(rules(before), both('10.9.0.0/24'));
      assert.deepEqual(rules(state), both('10.8.0.0/24'));
      assert.deepEqual(addressesOf(state, 'red', 4).length, 1);
      assert.deepEqual(tableRoutes(state), ['10.8.0.0/24 - red', 'default 10.8.0.1 red']);
      assert.equal(
        state.rules.find(({ from }) => from === '10.8.0.0/24')?.table,
        before.rules.find(({ from }) => from === '10.9.0.0/24')?.table,
      );
    } finally {
      await scene.segment.silence();
      await scene.segment.ip('addr del 10.8.0.1/24 dev br0', 'addr add 10.9.0.1/24 dev br0');
    }
  });

  test('HT-153 a lease with another gateway moves table and default route', async () => {
    await scene.segment.serve({ v4: true });
    await scene.host.apply(one({ ...dhcp4, defaultRoute: true }));
    const before = await scene.host.bound('red', 4);
    await scene.segment.silence();
    await scene.segment.serve({ v4: { router: '10.9.0.2' } });
    renew('red');
    const state = await scene.host.settled('the other gateway', (now) => now.dhcp[0]?.gateway === '10.9.0.2');
    assert.deepEqual(tableRoutes(state), ['10.9.0.0/24 - red', 'default 10.9.0.2 red']);
    const main = state.routes.filter(
      ({ table, destination, family }) => table === 254 && destination === 'default' && family === 4,
    );
    assert.deepEqual(
      main.map(({ gateway }) => gateway),
      ['10.9.0.2'],
    );
    assert.deepEqual([addressesOf(state, 'red', 4), rules(state)], [addressesOf(before, 'red', 4), rules(before)]);
  });

  test('HT-154 a client that is killed is started again, and the address stays', async () => {
    const server = await scene.segment.serve({ v4: true, v6: 'dhcp' });
    await scene.host.apply(one({ ...dhcp4, ...dhcp6 }));
    const before = await scene.host.bound('red', 4, 6);
    const addresses = [...addressesOf(before, 'red', 4), ...addressesOf(before, 'red', 6)];
    const pids = clientPids('red');
    const solicited = asks(server, 'DHCPSOLICIT');
    const monitor = await watchAddresses('red');
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await scene.host.until(
      'clients again',
      () => clientPids('red').length === 2 && clientPids('red').every((pid) => !pids.includes(pid)),
    );
    const after = await scene.host.bound('red', 4, 6);
    assert.deepEqual([...addressesOf(after, 'red', 4), ...addressesOf(after, 'red', 6)], addresses);
    assert.deepEqual(monitor(), [], 'no address has left meanwhile');
    assert.equal(asks(server, 'DHCPSOLICIT'), solicited, 'a DHCPv6 client goes on with what it has');
  });

  test('an address outlives its first lease while no agent lives, and one that was removed is not brought back', async () => {
    await scene.segment.serveShortly(60);
    await scene.host.apply(one({ ...dhcp4, defaultRoute: true }));
    const [address = ''] = addressesOf(await scene.host.bound('red', 4), 'red', 4);
    scene.host.stop();
    const renewed = async (): Promise<AddressReport[]> => {
      const passedOn = leasePassedOn(scene.host);
      renew('red');
      await scene.host.until('a renewal', passedOn);
      return linkOf(await scene.host.kernel.observe(), 'red').addresses.filter(({ family }) => family === 4);
    };
    // Near its end, as it is when the time to renew has come.
    await ipSays(`addr change ${address} dev red metric 77 valid_lft 20 preferred_lft 20`);
    await ipSays('addr add 10.9.0.250/24 dev red valid_lft 20 preferred_lft 20');
    const [own, other] = await renewed();
    assert.deepEqual([`${own?.address}/${own?.prefix}`, other?.address], [address, '10.9.0.250']);
    assert.ok((own?.validFor ?? 0) > 20 && (other?.validFor ?? 0) <= 20, JSON.stringify([own, other]));
    assert.match(await outputOf('ip', ['addr', 'show', 'dev', 'red'], 10_000), new RegExp(`${address} metric 77 `));
    await ipSays(`addr change ${address} dev red valid_lft forever preferred_lft forever`);
    assert.equal((await renewed())[0]?.validFor, null);
    await ipSays(`addr del ${address} dev red`);
    assert.deepEqual(
      (await renewed()).map((one) => one.address),
      ['10.9.0.250'],
    );
  });

  test('a DHCPv6 client gives an address that is there the lifetime of its lease, and adds none', async () => {
    await scene.segment.serve({ v6: 'dhcp' });
    await scene.host.apply(one(dhcp6));
    const [address = ''] = addressesOf(await scene.host.bound('red', 6), 'red', 6);
    scene.host.stop();
    const again = async (): Promise<AddressReport | undefined> => {
      const passedOn = leasePassedOn(scene.host);
      for (const pid of clientPids('red')) process.kill(pid, 'SIGKILL');
      await scene.host.until('no client', () => clientPids('red').length === 0);
      await scene.host.parts.clients.revive();
      await scene.host.until('the lease of its predecessor', passedOn);
      const { addresses } = linkOf(await scene.host.kernel.observe(), 'red');
      return addresses.find((one) => `${one.address}/${one.prefix}` === address);
    };
    await ipSays(`addr change ${address} dev red noprefixroute valid_lft 15 preferred_lft 15`);
    const lengthened = await again();
    assert.ok((lengthened?.validFor ?? 0) > 20, JSON.stringify(lengthened));
    assert.equal(lengthened?.noPrefixRoute, true);
    await ipSays(`addr change ${address} dev red valid_lft forever preferred_lft forever`);
    assert.equal((await again())?.validFor, null);
    await ipSays(`addr del ${address} dev red`);
    assert.equal(await again(), undefined);
  });

  test('HT-155 a lease that ends takes its address along, which is told and not taken for a change', async () => {
    const server = await scene.segment.serveShortly(6);
    await scene.host.apply(one({ ...dhcp4, defaultRoute: true }));
    await scene.host.bound('red', 4);
    await server.stop();
    const state = await scene.host.settled('the end of the lease', ({ dhcp }) => dhcp[0]?.state === 'acquiring');
    await scene.host.until('no address', (now) => addressesOf(now, 'red', 4).length === 0);
    assert.deepEqual(rules(await scene.host.settled('no rules', (now) => rules(now).length === 0)), []);
    assert.ok(linkOf(state, 'red').adminUp);
    assert.equal(clientPids('red').length, 1, 'and the client asks on');
  });

  test('HT-156 a client below a VLAN does not take what a server offers there', async () => {
    const server = await scene.segment.serve({ vlan: 10, v4: true });
    await scene.host.apply({
      bonds: {},
      networks: {
        red: network({ base: 'dyn0', bridged: false, ...dhcp4 }),
        blue: network({ base: 'dyn0', vlan: 10, ...dhcp4 }),
      },
    });
    await scene.host.bound('blue', 4);
    // Renewed while the other one asks, so that answers pass below the VLAN.
    for (let times = 0; times < 3; times++) {
      const before = asks(server, 'DHCPACK');
      renew('blue');
      const state = await scene.host.until('a renewal', () => asks(server, 'DHCPACK') > before);
      assert.equal(state.dhcp.find(({ network: of }) => of === 'red')?.state, 'acquiring');
      assert.deepEqual(addressesOf(state, 'dyn0', 4), []);
    }
  });

  test('HT-157 a lease is given back after the commit of a removal, and neither before nor on moves', async () => {
    const asked: ((confirmed: boolean) => void)[] = [];
    const confirm = () => new Promise<boolean>((resolve) => asked.push(resolve));
    scene.host.stop();
    scene.host = await HostForTests.start(scene.host, confirm);
    const server = await scene.segment.serve({ v4: true, v6: 'dhcp' }, { vlan: 10, v4: true, v6: 'dhcp' });
    const releases = () => asks(server, 'DHCPRELEASE');
    const places: Part[] = [{ base: 'dyn0', bridged: false }, { base: 'dyn1' }, { base: 'dyn1', vlan: 10 }];
    for (const place of places) {
      await scene.host.apply(one({ ...place, ...dhcp4, ...dhcp6 }));
      await scene.host.bound(place.bridged === false ? 'dyn0' : 'red', 4, 6);
    }
    assert.equal(releases(), 0, 'moves');
    for (const confirmed of [false, true]) {
      const change = scene.host.change(nothing, true);
      await scene.host.until('removed', ({ links }) => !links.some(({ name }) => name === 'red'));
      await scene.host.until('asked for its confirm', () => asked.length > 0);
      assert.equal(releases(), 0, 'not confirmed yet');
      asked.shift()?.(confirmed);
      assert.equal((await change).outcome, confirmed ? 'committed' : 'reverted');
      if (!confirmed) await scene.host.bound('red', 4, 6);
      assert.equal(confirmed || releases() === 0, true);
    }
    await scene.host.until('both given back', () => server.said('DHCPRELEASE', 'br0.10').length === 2);
    const state = await scene.host.until('no trace', ({ links }) => !links.some(({ name }) => name === 'pbrelease'));
    assert.deepEqual([rules(state), tableRoutes(state)], [[], []]);
  });

  test('HT-158 an agent that starts again asks for nothing anew', async () => {
    const server = await scene.segment.serve({ v4: true, v6: 'dhcp' });
    await scene.host.apply(one({ ...dhcp4, ...dhcp6 }));
    const before = await scene.host.bound('red', 4, 6);
    const pids = clientPids('red');
    const said = server.lines.filter((line) => /DHCP(DISCOVER|REQUEST|SOLICIT|CONFIRM|RENEW)/.test(line)).length;
    scene.host.stop();
    scene.host = await HostForTests.start(scene.host);
    const after = await scene.host.bound('red', 4, 6);
    assert.deepEqual([leased(after, 'red'), clientPids('red')], [leased(before, 'red'), pids]);
    assert.equal(server.lines.filter((line) => /DHCP(DISCOVER|REQUEST|SOLICIT|CONFIRM|RENEW)/.test(line)).length, said);
  });

  test('HT-159 name servers of the network win over those of the lease', async () => {
    await scene.segment.serve({ v4: true, v6: 'dhcp', servers6: ['2001:db8::53'] });
    await scene.host.apply(one({ ...dhcp4, ...dhcp6, defaultRoute: true, nameservers: ['192.0.2.1', '192.0.2.2'] }));
    assert.deepEqual((await scene.host.bound('red', 4, 6)).nameservers, ['192.0.2.1', '192.0.2.2']);
    assert.match(readFileSync(scene.host.parts.resolvConf, 'utf8'), /^search example\.org\nnameserver 192\.0\.2\.1\n/);
  });

  test('HT-160 servers see the same client over moves, in both families', async () => {
    const server = await scene.segment.serve({ v4: true, v6: 'dhcp' });
    const config = (base: string, part: Part = {}): HostConfig => ({
      bonds: base === 'bond0' ? { bond0: bond(['dyn1', 'dyn2']) } : {},
      networks: { red: network({ base, ...dhcp4, ...dhcp6, ...part }) },
    });
    const seen = new Set<string>();
    for (const [where, device] of [
      [config('dyn0', { bridged: false }), 'dyn0'],
      [config('dyn0'), 'red'],
      [config('bond0'), 'red'],
      [config('bond0', { bridged: false }), 'bond0'],
      [config('dyn1'), 'red'],
    ] as const) {
      await scene.host.apply(where);
      seen.add(String(leased(await scene.host.bound(device, 4, 6), device)));
    }
    assert.equal(seen.size, 1, [...seen].join('\n'));
    assert.equal(asks(server, 'DHCPRELEASE'), 0);
  });

  test('a network that a boot could bring up gets its lease, whatever else the host refuses', async () => {
    await scene.segment.serve({ v4: true });
    const { parts } = scene.host.parts.trial;
    const refused = { bond0: bond(['dyn1', 'dyn2'], { mode: '1', no_such_option: '1' }) };
    await parts.documents.setCommitted({ ...one(dhcp4), bonds: refused });
    assert.match((await bootRestore(parts)) ?? '', /^Left out bond bond0 and its networks: .*no_such_option/);
    await scene.host.until('a leased address', (state) => addressesOf(state, 'red', 4).length === 1);
  });

  test('HT-160 servers see the same client after a boot, in both families', async () => {
    await scene.segment.serve({ v4: true, v6: 'dhcp' });
    await scene.host.apply(one({ ...dhcp4, ...dhcp6 }));
    const before = leased(await scene.host.bound('red', 4, 6), 'red');
    const identity = () => {
      const { clientId, duid, iaid } = JSON.parse(
        readFileSync(`${scene.host.parts.stateDirectory}/dhcp/networks/red.json`, 'utf8'),
      ) as Identity;
      return { clientId, duid, iaid };
    };
    const asked = identity();
    assert.deepEqual([asked.clientId, asked.duid], ['01020000990000', '00030001020000990000']);
    scene.host.stop();
    for (const pid of clientPids('red')) process.kill(pid, 'SIGKILL');
    const bootId = join(scene.segment.folder, 'boot-id');
    writeFileSync(bootId, '00000000-0000-4000-8000-000000000000\n');
    await run('mount', ['--bind', bootId, '/proc/sys/kernel/random/boot_id'], 10_000);
    try {
      await scene.host.kernel.execute([{ kind: 'link.del', name: 'red' }]);
      scene.host = await HostForTests.start(scene.host);
      assert.deepEqual((await scene.host.kernel.observe()).dhcp, []);
      assert.equal(await bootRestore(scene.host.parts.trial.parts), null);
      assert.deepEqual(leased(await scene.host.bound('red', 4, 6), 'red'), before);
      assert.deepEqual(identity(), asked);
      await scene.host.quiet();
    } finally {
      await run('umount', ['/proc/sys/kernel/random/boot_id'], 10_000);
    }
    // Of the boot that this is again.
    scene.host = await HostForTests.start(scene.host);
  });
});

async function ipSays(line: string): Promise<void> {
  const { status, stderr } = await run('ip', line.split(' '), 10_000);
  assert.equal(status, 0, stderr);
}

/** Whether the one client has passed on a lease since; the kernel has heard of it by then. */
function leasePassedOn({ parts }: HostForTests): () => boolean {
  const { leaseFolder } = parts.clients;
  const last = () => Math.max(0, ...readdirSync(leaseFolder).map((name) => statSync(join(leaseFolder, name)).mtimeMs));
  const before = last();
  return () => last() > before;
}

/** Listens to the addresses of a device. @returns ends that, and gives the ones that left */
async function watchAddresses(device: string): Promise<() => string[]> {
  const child = spawn('ip', ['-o', 'monitor', 'address', 'dev', device], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child, 'spawn');
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return () => {
    child.kill('SIGKILL');
    return lines.filter((line) => line.startsWith('Deleted') && line.includes('scope global'));
  };
}
