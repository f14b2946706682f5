/** With a real NetworkManager. Runs on a lab host, as root, and uses eth1 to eth5. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { batch, bond, ip, link, network } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { planFor } from '../plan/plan-for.ts';
import { programs, RealHost } from '../transaction/real-host-for-tests.ts';
import {
  applyOwned,
  eventsOf,
  handBack,
  installManagers,
  ownedKernel,
  possible,
  probe,
  restoreOwned,
  rich,
  sameNetwork,
  settled,
  sh,
  standInForSystemd,
  until,
} from './lab-for-tests.ts';

const profile = (name: string, lines: string[]) =>
  writeFileSync(
    `/etc/NetworkManager/system-connections/${name}.nmconnection`,
    [`[connection]`, `id=${name}`, ...lines, ''].join('\n'),
    { mode: 0o600 },
  );
const uuid = (last: number) => `6f3f0000-0000-4000-8000-00000000000${last}`;
const stateOf = async (device: string) =>
  (await sh('nmcli -t -f DEVICE,STATE device')).split('\n').find((line) => line.startsWith(`${device}:`));
const autoconnect = (name: string) => sh(`nmcli -g connection.autoconnect connection show ${name}`);

const nothing: HostConfig = { bonds: {}, networks: {} };
/** The address that NetworkManager has put on eth1, now without a bridge. */
const kept: HostConfig = {
  bonds: {},
  networks: { old: network({ base: 'eth1', bridged: false, ipv4: ip('198.51.100.5') }) },
};

const connectionOf = async (device: string) =>
  (await sh('nmcli -t -f DEVICE,STATE,CONNECTION device')).split('\n').find((line) => line.startsWith(`${device}:`));

describe('with NetworkManager', { skip: possible ? false : 'runs on a lab host', timeout: 300_000 }, () => {
  before(async () => {
    await installManagers();
    standInForSystemd();
    // Without udev, which it takes a read-only /sys for.
    await sh('mount -o remount,ro /sys');
    profile('old1', [
      ...[`uuid=${uuid(1)}`, 'type=ethernet', 'interface-name=eth1'],
      ...['[ipv4]', 'method=manual', 'address1=198.51.100.5/24', '[ipv6]', 'method=disabled'],
    ]);
    profile('old2', [
      ...[`uuid=${uuid(2)}`, 'type=ethernet', 'interface-name=eth2'],
      ...['[ipv4]', 'method=auto', 'never-default=true', '[ipv6]', 'method=disabled'],
    ]);
    await sh('systemctl start NetworkManager.service');
    await until('eth1 and eth2 are connected', async () =>
      [await stateOf('eth1'), await stateOf('eth2')].every((state) => state?.endsWith(':connected')),
    );
  });
  after(() => sh('systemctl stop NetworkManager.service'));

  test('HT-209 an active device is claimed without losing its address, and given back as it was', async () => {
    const said: [string, unknown][] = [];
    const { kernel, managers } = ownedKernel(said);
    const snapshot = await kernel.observe();
    assert.deepEqual(
      snapshot.managers?.map(({ name, running }) => [name, running]),
      [['NetworkManager', true]],
    );
    const gap = await probe('eth1', '198.51.100.5');
    const ops = await applyOwned(kernel, kept);
    assert.deepEqual(ops[0], {
      kind: 'manager.claim',
      manager: 'NetworkManager',
      claims: [{ device: 'eth1', mac: link(snapshot, 'eth1').mac }],
    });
    assert.equal(await stateOf('eth1'), 'eth1:unmanaged');
    assert.equal(await stateOf('eth2'), 'eth2:connected');
    const dark = await gap();
    console.log(`# the address was away for ${dark} ms; ${JSON.stringify(said)}`);
    assert.ok(dark <= 100, `${dark} ms`);

    await managers.keep(kept);
    assert.equal((await autoconnect('old1')).trim(), 'no');
    assert.equal((await autoconnect('old2')).trim(), 'yes');
    assert.ok(!existsSync('/run/NetworkManager/conf.d/zz-patchbay-now.conf'));
    assert.ok(existsSync('/etc/NetworkManager/conf.d/zz-patchbay.conf'));
    await settled(kernel, kept);
  });

  test('HT-210 a claimed device stays ours when NetworkManager is restarted, reloaded, or told to bring up the old profile', async () => {
    const { kernel } = ownedKernel();
    await settled(kernel, kept);
    const events = await eventsOf(async () => {
      await sh('systemctl restart NetworkManager.service');
      await until('it answers', async () => (await stateOf('eth1').catch(() => undefined)) !== undefined);
      await sh('nmcli connection up old1 && exit 1; nmcli connection up old1 ifname eth1 && exit 1; true');
      await sh('nmcli device set eth1 managed yes; nmcli general reload; nmcli connection reload; sleep 2');
    });
    // It is told of once more, as it is.
    assert.deepEqual(
      events.filter((line) => line.includes('eth1') && (line.includes('Deleted') || !line.includes('state UP'))),
      [],
    );
    assert.equal(await stateOf('eth1'), 'eth1:unmanaged');
    await settled(kernel, kept);
  });

  test('what is made later is never NetworkManager’s, and needs no restart of it', async () => {
    const { kernel, managers } = ownedKernel();
    const pid = await sh('pidof NetworkManager');
    const made: HostConfig = {
      bonds: { bond0: bond(['eth3', 'eth4']) },
      networks: { ...kept.networks, red: network({ base: 'bond0', vlan: 7 }), lone: network({}) },
    };
    await sh('ip link set eth3 down; ip link set eth4 down; ip link add gone type dummy; ip link del gone');
    await applyOwned(kernel, { bonds: {}, networks: { ...kept.networks, lone: network({}) } });
    assert.equal(await sh('pidof NetworkManager'), pid);
    assert.equal(await stateOf('lone'), 'lone:unmanaged');
    await applyOwned(kernel, made);
    for (const name of ['bond0', 'bond0.7', 'red', 'lone', 'eth3', 'eth4']) {
      assert.equal(await stateOf(name), `${name}:unmanaged`);
    }
    await managers.keep(made);
    // One VLAN more is in the pattern already; its bridge is not.
    const more = { ...made, networks: { ...made.networks, blue: network({ base: 'bond0', vlan: 8 }) } };
    const before = await sh('pidof NetworkManager');
    const ops = await applyOwned(kernel, more);
    assert.deepEqual(
      ops.flatMap((op) => (op.kind === 'manager.claim' ? op.claims.map(({ device }) => device) : [])),
      ['blue'],
    );
    assert.equal(await sh('pidof NetworkManager'), before);
    await applyOwned(kernel, kept);
    await managers.keep(kept, more);
    const { managers: reports } = await kernel.observe();
    assert.deepEqual(
      reports?.[0]?.claims.map(({ device }) => device).sort(),
      // Nics that networks have left stay ours.
      ['eth1', 'eth3', 'eth4'],
    );
  });

  test('HT-209 a claim that is taken back returns the device with its connection and without a gap', async () => {
    const { kernel } = ownedKernel();
    const snapshot: KernelState = await kernel.observe();
    assert.equal(await stateOf('eth2'), 'eth2:connected');
    const lease = link(snapshot, 'eth2').addresses.find(({ family }) => family === 4);
    assert.ok(lease);
    const taken: HostConfig = {
      bonds: {},
      networks: { ...kept.networks, leased: network({ base: 'eth2', bridged: false, ipv4: ip('203.0.113.9') }) },
    };
    await applyOwned(kernel, taken);
    assert.equal(await stateOf('eth2'), 'eth2:unmanaged');
    await restoreOwned(kernel, snapshot);
    await until('eth2 is connected again', async () => (await stateOf('eth2')) === 'eth2:connected');
    assert.equal(
      (await sh('nmcli -t -f NAME,DEVICE connection show --active')).split('\n').includes('old2:eth2'),
      true,
    );
    assert.deepEqual(
      link(await kernel.observe(), 'eth2').addresses.flatMap(({ family, address }) => (family === 4 ? [address] : [])),
      [lease.address],
    );
    assert.ok(!existsSync('/run/NetworkManager/conf.d/zz-patchbay-now.conf'));
  });

  test('HT-209 where nothing can restart NetworkManager, what it takes along is put back at once', async () => {
    const said: [string, unknown][] = [];
    const { kernel } = ownedKernel(said);
    const snapshot = await kernel.observe();
    rmSync('/run/systemd/system', { recursive: true });
    profile('old5', [
      ...[`uuid=${uuid(5)}`, 'type=ethernet', 'interface-name=eth5', 'autoconnect=false'],
      ...['[ipv4]', 'method=manual', 'address1=203.0.113.5/24', '[ipv6]', 'method=disabled'],
    ]);
    await sh('nmcli connection reload; nmcli connection up old5');
    const config: HostConfig = {
      bonds: {},
      networks: {
        ...kept.networks,
        five: network({ base: 'eth5', bridged: false, ipv4: ip('203.0.113.5') }),
      },
    };
    const gap = await probe('eth5', '203.0.113.5');
    await applyOwned(kernel, config);
    const dark = await gap();
    console.log(`# the address was away for ${dark} ms; ${JSON.stringify(said)}`);
    assert.ok(dark < 5_000, `${dark} ms`);
    assert.equal(await stateOf('eth5'), 'eth5:unmanaged');
    await sh('mkdir -p /run/systemd/system');
    await restoreOwned(kernel, { ...snapshot, links: (await kernel.observe()).links });
  });

  test('a NetworkManager that is told otherwise by its administrator is left its device', async () => {
    const { kernel } = ownedKernel([], { change: 3_000, quiet: 500 });
    const snapshot = await kernel.observe();
    writeFileSync(
      '/etc/NetworkManager/conf.d/50-mine.conf',
      '[keyfile]\nunmanaged-devices=except:interface-name:eth2\n[device-50-mine]\nmatch-device=interface-name:eth2\nmanaged=1\n',
    );
    const taken: HostConfig = {
      bonds: {},
      networks: { ...kept.networks, leased: network({ base: 'eth2', bridged: false, ipv4: ip('203.0.113.9') }) },
    };
    const plan = planFor(await kernel.observe(), taken);
    assert.ok(plan.ok);
    const execution = await kernel.execute(plan.value.ops);
    assert.ok(!execution.ok && execution.failed.kind === 'manager.claim', JSON.stringify(execution));
    assert.match(execution.message, /NetworkManager does not let go of eth2/);
    rmSync('/etc/NetworkManager/conf.d/50-mine.conf');
    await restoreOwned(kernel, snapshot);
    await until('eth2 is connected again', async () => (await stateOf('eth2')) === 'eth2:connected', 60_000);
    assert.equal(link(await kernel.observe(), 'eth2').alias, null);
    assert.match(readFileSync('/etc/NetworkManager/conf.d/zz-patchbay.conf', 'utf8'), /eth1/);
  });

  test('a nic that its last network has left stays ours, and NetworkManager puts nothing on it', async () => {
    const { kernel, managers } = ownedKernel();
    await applyOwned(kernel, nothing);
    await managers.keep(nothing);
    assert.equal(await stateOf('eth1'), 'eth1:unmanaged');
    const state = await kernel.observe();
    assert.deepEqual(link(state, 'eth1').addresses, []);
    assert.ok(state.managers?.[0]?.claims.some(({ device }) => device === 'eth1'));
  });

  test('HT-214 what is handed back goes on in NetworkManager’s hands without an outage, and comes up by it at boot', async () => {
    const said: [string, unknown][] = [];
    const { kernel, managers } = ownedKernel(said);
    await applyOwned(kernel, rich);
    await managers.keep(rich);
    const before = await kernel.observe();
    const gaps = await Promise.all([probe('red', '203.0.113.5'), probe('old', '198.51.100.5')]);
    const events = await handBack(kernel, rich, 'NetworkManager');
    const dark = await Promise.all(gaps.map((gap) => gap()));
    assert.deepEqual(dark, [0, 0]);
    const devices = ['eth1', 'eth3', 'eth4', 'bond0', 'bond0.7', 'bond0.8', 'red', 'old', 'lone'];
    // A bridge without a port is always down.
    const carrying = devices.filter((name) => name !== 'lone');
    const touched = new RegExp(`\\b(${carrying.join('|').replaceAll('.', '\\.')})\\b`);
    assert.deepEqual(
      events.filter((line) => touched.test(line) && /Deleted .*inet |state DOWN|LOWERLAYERDOWN/.test(line)),
      [],
    );
    await managers.keep(nothing);
    for (const name of devices) assert.equal(await connectionOf(name), `${name}:connected:patchbay-${name}`);
    await sameNetwork(kernel, before);

    // As after a boot: nothing is there but the nics, and NetworkManager has its files.
    await sh('systemctl stop NetworkManager.service; rm -rf /run/NetworkManager');
    await batch(...['red', 'old', 'lone', 'bond0'].map((name) => `link del ${name}`));
    await batch(...['eth1', 'eth3', 'eth4'].map((name) => `link set ${name} down`));
    await sh('ip rule flush; ip rule add priority 32766 lookup main; ip rule add priority 32767 lookup default');
    await sh('systemctl start NetworkManager.service');
    await until('all is connected', async () => (await connectionOf('red')) === 'red:connected:patchbay-red', 60_000);
    await until(
      'the bond has its members',
      async () => (await connectionOf('eth4')) === 'eth4:connected:patchbay-eth4',
    );
    await sameNetwork(kernel, before);

    // And it can be taken from it once more.
    await applyOwned(kernel, rich);
    await managers.keep(rich);
    assert.ok(!(await sh('ls /etc/NetworkManager/system-connections')).includes('patchbay-'));
  });

  test('HT-214 the agent’s own command hands the host back, leases and all, and leaves nothing to hand back', async () => {
    const config: HostConfig = {
      ...rich,
      networks: { ...rich.networks, leased: network({ base: 'eth2', ipv4: { method: 'dhcp' } }) },
    };
    const host = await RealHost.open();
    const leased = async () =>
      link(await host.parts.kernel.observe(), 'leased').addresses.find(({ origin }) => origin === 'dhcp')?.address;
    await host.keep(config);
    await until('there is a lease', async () => {
      await host.keep(config);
      return (await leased()) !== undefined;
    });
    const address = await leased();
    assert.ok(address !== undefined);
    const before = await host.parts.kernel.observe();
    const command = `'${process.execPath}' '${programs}/agent.mjs' hand-back --state '${host.parts.stateDirectory}'`;
    assert.match(await sh(`${command} --preview`), /^Hand .* to NetworkManager/m);
    assert.equal(await stateOf('red'), 'red:unmanaged', 'a preview changes nothing');
    const gaps = await Promise.all([probe('red', '203.0.113.5'), probe('leased', address)]);
    assert.match(await sh(command), /^The network of this host was handed back\.$/m);
    assert.deepEqual(await Promise.all(gaps.map((gap) => gap())), [0, 0]);
    for (const name of ['eth1', 'eth2', 'leased', 'bond0', 'bond0.7', 'red', 'old']) {
      assert.equal(await connectionOf(name), `${name}:connected:patchbay-${name}`);
    }
    assert.deepEqual((await host.parts.kernel.observe()).dhcp, [], 'no client of ours is left');
    await sameNetwork(host.parts.kernel, before);
    assert.match(await sh(command), /^Nothing on this host was Patchbay’s\.$/m);
    await host.close();
  });
});
