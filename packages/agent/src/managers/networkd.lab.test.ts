/** With a real systemd-networkd. Runs on a lab host, as root, and uses eth1 to eth5. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { batch, bond, ip, link, network } from '../execute/real-kernel-for-tests.ts';
import { planFor } from '../plan/plan-for.ts';
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

const setupOf = async (device: string) =>
  (await sh('networkctl list --no-legend --no-pager'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((words) => words[1] === device)?.[4];
const isSetUp = async (device: string) => ['configured', 'configuring'].includes((await setupOf(device)) ?? '');
const unit = (name: string, text: string) => writeFileSync(`/etc/systemd/network/${name}`, text);

/** What networkd has put on eth1, now as a network of ours with its source routes and rules, and a bond with a bridge. */
const taken: HostConfig = {
  bonds: { bond0: bond(['eth3', 'eth4']) },
  networks: {
    old: network({ base: 'eth1', bridged: false, ipv4: ip('198.51.100.5', '198.51.100.1') }),
    red: network({ base: 'bond0', vlan: 7, ipv4: ip('203.0.113.5', '203.0.113.1') }),
  },
};

describe('with systemd-networkd', { skip: possible ? false : 'runs on a lab host', timeout: 300_000 }, () => {
  before(async () => {
    await installManagers();
    standInForSystemd();
    // Without udev, which it takes a read-only /sys for.
    await sh('mount -o remount,ro /sys');
    unit('10-a.network', '[Match]\nName=eth1\n[Network]\nAddress=198.51.100.5/24\nIPv6AcceptRA=no\n');
    unit('10-b.network', '[Match]\nName=eth2\n[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n[DHCPv4]\nUseRoutes=no\n');
    unit('10-c.network', '[Match]\nName=eth3 eth4 bond* red*\n[Network]\nAddress=192.0.2.9/24\n');
    await batch('rule add from 192.0.2.77 priority 77 lookup 77', 'route add 192.0.2.128/25 dev eth0');
    await sh('systemctl start systemd-networkd.service');
    await until(
      'eth1 and eth2 are set up',
      async () => (await isSetUp('eth1')) && (await setupOf('eth2')) === 'configured',
    );
  });
  after(() => sh('systemctl stop systemd-networkd.service'));

  test('HT-211 devices of networkd are claimed without losing an address, a foreign rule or a route', async () => {
    const said: [string, unknown][] = [];
    const { kernel, managers } = ownedKernel(said);
    // networkd takes a rule of somebody else away when it starts with nobody to tell it not to.
    await batch('rule add from 192.0.2.78 priority 78 lookup 77');
    const gap = await probe('eth1', '198.51.100.5');
    const ops = await applyOwned(kernel, taken);
    assert.equal(ops[0]?.kind, 'manager.claim');
    const dark = await gap();
    console.log(`# the address was away for ${dark} ms; ${JSON.stringify(said)}`);
    assert.ok(dark <= 100, `${dark} ms`);
    for (const name of ['eth1', 'eth3', 'eth4', 'bond0', 'bond0.7', 'red']) {
      assert.equal(await setupOf(name), 'unmanaged', name);
    }
    assert.equal(await setupOf('eth2'), 'configured');
    const after211 = await kernel.observe();
    assert.ok(after211.rules.some(({ priority }) => priority === 78));
    assert.ok(after211.routes.some(({ destination }) => destination === '192.0.2.128/25'));
    await managers.keep(taken);
    assert.ok(!existsSync('/run/systemd/network/00-patchbay-now.network'));
    assert.match(readFileSync('/etc/systemd/networkd.conf.d/00-patchbay.conf', 'utf8'), /ManageForeignRoutes=no/);
    await settled(kernel, taken);
  });

  test('HT-211 a restart, a reload and a reconfigure of networkd leave what is ours intact', async () => {
    const { kernel } = ownedKernel();
    const events = await eventsOf(async () => {
      await sh('systemctl restart systemd-networkd.service; sleep 2');
      await sh('networkctl reload; sleep 1; touch /etc/systemd/network/10-c.network; networkctl reload; sleep 1');
      await sh('networkctl reconfigure eth1 eth3 eth4 bond0 bond0.7 red; sleep 2');
    });
    const ours = /\b(eth1|eth3|eth4|bond0|bond0\.7|red)\b|lookup (1331|77)/;
    assert.deepEqual(
      events.filter((line) => ours.test(line) && (line.includes('Deleted') || line.includes('state DOWN'))),
      [],
    );
    await settled(kernel, taken);
    assert.ok((await kernel.observe()).rules.some(({ priority }) => priority === 78));
  });

  test('a claim that is taken back leaves networkd its device, with its address', async () => {
    const { kernel } = ownedKernel();
    const snapshot = await kernel.observe();
    const leased = link(snapshot, 'eth2').addresses.find(({ family }) => family === 4);
    assert.ok(leased);
    const more: HostConfig = {
      ...taken,
      networks: { ...taken.networks, two: network({ base: 'eth2', ipv4: ip('192.0.2.10') }) },
    };
    await applyOwned(kernel, more);
    assert.equal(await setupOf('eth2'), 'unmanaged');
    await restoreOwned(kernel, snapshot);
    await until('eth2 is set up again', async () => (await setupOf('eth2')) === 'configured');
    assert.deepEqual(
      link(await kernel.observe(), 'eth2').addresses.flatMap(({ family, address }) => (family === 4 ? [address] : [])),
      [leased.address],
    );
  });

  test('a host on which networkd sets up nothing does not wait for it at boot', async () => {
    const { kernel, managers } = ownedKernel();
    const wait = '/etc/systemd/system/systemd-networkd-wait-online.service.d/patchbay.conf';
    assert.ok(!existsSync(wait), 'eth2 is still networkd’s');
    const all: HostConfig = {
      ...taken,
      networks: { ...taken.networks, two: network({ base: 'eth2', ipv4: ip('192.0.2.10') }) },
    };
    await applyOwned(kernel, all);
    await managers.keep(all);
    assert.match(readFileSync(wait, 'utf8'), /ConditionPathExists=!\/etc\/systemd\/network\/00-patchbay.network/);
    const waited = await sh('/usr/lib/systemd/systemd-networkd-wait-online --timeout=2 && echo online || echo waited');
    assert.match(waited, /waited/);
  });

  test('HT-214 what is handed back goes on in networkd’s hands without an outage, on bonds as on nics, and comes up by it at boot', async () => {
    const { kernel, managers } = ownedKernel();
    await applyOwned(kernel, rich);
    await managers.keep(rich);
    const before = await kernel.observe();
    const gaps = await Promise.all([probe('red', '203.0.113.5'), probe('old', '198.51.100.5')]);
    const events = await handBack(kernel, rich, 'systemd-networkd');
    const dark = await Promise.all(gaps.map((gap) => gap()));
    console.log(`# the addresses were away for ${dark} ms; ${JSON.stringify(events)}`);
    assert.deepEqual(dark, [0, 0]);
    const carrying = ['eth1', 'eth3', 'eth4', 'bond0', 'bond0.7', 'bond0.8', 'red', 'old'];
    // A bond or bridge without a carrier is only seen so a moment later: what counts is that no slave went down.
    const touched = new RegExp(`: (${carrying.join('|').replaceAll('.', '\\.')})[@: ]`);
    assert.deepEqual(
      events.filter((line) => touched.test(line) && /Deleted .*inet |state DOWN|LOWERLAYERDOWN|NO-CARRIER/.test(line)),
      [],
    );
    await managers.keep({ bonds: {}, networks: {} });
    for (const name of [...carrying, 'lone']) assert.ok(await isSetUp(name), name);
    await sameNetwork(kernel, before);

    // As after a boot: nothing is there but the nics, and networkd has its files.
    await sh('systemctl stop systemd-networkd.service; rm -rf /run/systemd/netif/* /run/systemd/network');
    await batch(...['red', 'old', 'lone', 'bond0'].map((name) => `link del ${name}`));
    await batch(...['eth1', 'eth3', 'eth4'].map((name) => `link set ${name} down`));
    await sh('ip rule flush; ip rule add priority 32766 lookup main; ip rule add priority 32767 lookup default');
    await sh('mkdir -p /run/systemd/netif/links; chown -R systemd-network:systemd-network /run/systemd/netif');
    await sh('systemctl start systemd-networkd.service');
    await until('all is set up', async () => (await isSetUp('red')) && (await isSetUp('eth4')), 60_000);
    const same = () => sameNetwork(kernel, before);
    const stands = () =>
      same().then(
        () => true,
        () => false,
      );
    // When it never does, what is missing is the failure.
    await until('all is there', stands, 30_000).catch(same);

    // And it can be taken from it once more.
    await applyOwned(kernel, rich);
    await managers.keep(rich);
    // A nic that nothing stands on was handed back as well, and stays where it is.
    const files = (await sh('ls /etc/systemd/network')).split('\n');
    const again = [...carrying, 'lone'].map((name) => `05-patchbay-${name}.`);
    assert.deepEqual(
      files.filter((file) => again.some((start) => file.startsWith(start))),
      [],
    );
  });

  test('a VLAN of networkd’s on a device that is taken stands until the next boot, and the plan names it', async () => {
    const { kernel, managers } = ownedKernel();
    for (const nic of ['eth2', 'eth5']) {
      unit(`10-${nic}.77.netdev`, `[NetDev]\nName=${nic}.77\nKind=vlan\n[VLAN]\nId=77\n`);
      unit(`10-${nic}.77.network`, `[Match]\nName=${nic}.77\n[Network]\nLinkLocalAddressing=no\n`);
      unit(`01-${nic}.network`, `[Match]\nName=${nic}\n[Network]\nLinkLocalAddressing=no\nVLAN=${nic}.77\n`);
    }
    await sh('networkctl reload');
    for (const vlan of ['eth2.77', 'eth5.77']) await until(`${vlan} is set up`, () => isSetUp(vlan));

    const five: HostConfig = { ...rich, networks: { ...rich.networks, five: network({ base: 'eth5' }) } };
    const plan = planFor(await kernel.observe(), five);
    assert.ok(
      plan.ok && plan.value.risks.some((risk) => risk.includes('nothing makes eth5.77:')),
      JSON.stringify(plan),
    );
    const { index } = link(await kernel.observe(), 'eth5.77');
    await applyOwned(kernel, five);
    await managers.keep(five, rich);
    assert.equal(link(await kernel.observe(), 'eth5.77').index, index);
    assert.ok(await isSetUp('eth5.77'));

    // As after a boot, in which both would have to be made.
    await sh('systemctl stop systemd-networkd.service; rm -rf /run/systemd/netif/*');
    await batch('link del eth2.77', 'link del eth5.77');
    await sh('mkdir -p /run/systemd/netif/links; chown -R systemd-network:systemd-network /run/systemd/netif');
    await sh('systemctl start systemd-networkd.service');
    await until('eth2.77 is set up', () => isSetUp('eth2.77'));
    assert.equal(await setupOf('eth5'), 'unmanaged');
    assert.ok(!(await kernel.observe()).links.some(({ name }) => name === 'eth5.77'));
  });

  test('a VLAN that came over under a name of its own is not networkd’s again, nor after a boot under another', async () => {
    const { kernel, managers } = ownedKernel();
    unit('10-vlan100.netdev', '[NetDev]\nName=vlan100\nKind=vlan\n[VLAN]\nId=100\n');
    unit('10-vlan100.network', '[Match]\nName=vlan100\n[Network]\nAddress=192.0.2.100/24\n');
    unit('01-eth2.network', '[Match]\nName=eth2\n[Network]\nLinkLocalAddressing=no\nVLAN=vlan100\n');
    await sh('networkctl reload');
    await until('vlan100 is set up', () => isSetUp('vlan100'));
    const hundred: HostConfig = { ...rich, networks: { ...rich.networks, six: network({ base: 'eth2', vlan: 100 }) } };
    await applyOwned(kernel, hundred);
    await managers.keep(hundred, rich);
    await settled(kernel, hundred);
    await sh('systemctl restart systemd-networkd.service');
    await until('networkd has begun anew', async () => (await setupOf('vlan100')) === 'unmanaged');
    await sh('networkctl reconfigure vlan100');
    assert.equal(await setupOf('vlan100'), 'unmanaged');
    await settled(kernel, hundred);

    // As after a boot: networkd has not made it, and Patchbay makes it under its own name.
    await batch('link del vlan100', 'link del six');
    await applyOwned(kernel, hundred);
    await managers.keep(hundred);
    assert.equal(link(await kernel.observe(), 'eth2.100').master, 'six');
    assert.match(readFileSync('/etc/systemd/network/00-patchbay.network', 'utf8'), /^Name=.*\bvlan100\b/m);
  });
});
