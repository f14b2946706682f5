/** Every manager on files of a folder, and with programs that only say what they were asked. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { LinkReport, ManagerClaim } from '@patchbay/protocol';
import { realDisk } from '../persist/disk.ts';
import { ScarceDisk } from '../persist/disk-for-tests.ts';
import { TestHost } from '../plan/host-for-tests.ts';
import { CloudInit, switchesNetworksOff } from './cloud-init.ts';
import { Ifupdown } from './ifupdown.ts';
import { type Machine, RealMachine, type Running } from './machine.ts';
import * as nm from './network-manager.ts';
import * as networkd from './networkd.ts';

class FakeMachine implements Machine {
  readonly root = mkdtempSync(join(tmpdir(), 'patchbay-managers-'));
  readonly said: string[] = [];
  running: string[] = [];
  services: string[] = [];
  answers: Record<string, string> = {};
  clients: Running[] = [];

  process(name: string): number | null {
    return this.running.includes(name) ? 1 : null;
  }

  processes(): Running[] {
    return this.clients;
  }

  async ask(program: string, args: readonly string[]): Promise<string | null> {
    const words = [program, ...args].join(' ');
    this.said.push(words);
    return this.answers[words] ?? '';
  }

  signal(pid: number, signal: NodeJS.Signals): void {
    this.said.push(signal);
    for (const client of this.clients) {
      if (client.pid === pid) client.stopped = signal === 'SIGSTOP';
    }
  }

  async runs(unit: string): Promise<boolean> {
    return this.services.includes(unit);
  }

  async service(verb: string, unit: string): Promise<void> {
    this.said.push(`${verb} ${unit}`);
  }

  write(path: string, text = ''): void {
    mkdirSync(dirname(this.root + path), { recursive: true });
    writeFileSync(this.root + path, text);
  }

  read(path: string): string {
    return readFileSync(this.root + path, 'utf8');
  }

  has(path: string): boolean {
    return existsSync(this.root + path);
  }
}

const links: LinkReport[] = new TestHost().state.links;
const claims: ManagerClaim[] = [
  { device: 'eth1', mac: '02:00:00:00:00:01' },
  { device: 'eth1.*', mac: null },
  { device: 'red', mac: null },
];

test('claims are read back from what managers read', () => {
  assert.deepEqual(nm.claimsIn(nm.claimText(claims)), claims);
  assert.deepEqual(
    networkd.claimsIn(networkd.claimText(claims)),
    claims.map(({ device }) => ({ device, mac: null })),
  );
});

test('what their programs say of devices is understood', () => {
  assert.deepEqual(
    [...nm.managedIn('eth0:connected\neth1:unmanaged\nbr\\:0:connected (externally)\n')],
    ['eth0', 'br:0'],
  );
  const listed =
    '  1 lo   loopback carrier  unmanaged\n  3 eth1 ether    routable configuring\n  4 eth2 ether    routable pending\n';
  assert.deepEqual([...networkd.managedIn(listed)], ['eth1', 'eth2']);
});

test('profiles of claimed devices are found by name and address, unless they do not come up by themselves', () => {
  const profile = (id: string, device: string, autoconnect = 'yes', mac = '') =>
    [
      `connection.uuid:${id}-uuid`,
      `connection.id:${id}`,
      `connection.interface-name:${device}`,
      `connection.autoconnect:${autoconnect}`,
      `802-3-ethernet.mac-address:${mac}`,
    ].join('\n');
  const said = [
    profile('old', 'eth1'),
    profile('vlan', 'eth1.7'),
    profile('off', 'red', 'no'),
    profile('other', 'eth2'),
    profile('by address', '', 'yes', '02:00:00:00:00:01'),
    profile('any', ''),
    profile('patchbay-red', 'red'),
  ].join('\n\n');
  assert.deepEqual(
    nm.profilesFor(said, claims).map(({ name }) => name),
    ['old', 'vlan', 'by address'],
  );
});

test('NetworkManager: a claim lies where a reboot forgets it until it is kept, and is readable', async () => {
  const machine = new FakeMachine();
  const manager = new nm.NetworkManager(machine, realDisk, `${machine.root}/state`);
  assert.equal(manager.look(links), null);
  machine.write('/run/NetworkManager/devices/2', '[device]\nmanaged=true\nconnection-uuid=u\n');
  machine.running = ['NetworkManager'];
  machine.services = ['NetworkManager.service'];
  assert.deepEqual(manager.look(links), { name: 'NetworkManager', running: true, devices: ['eth1'], claims: [] });

  await manager.claim(claims, ['eth1'], links);
  assert.deepEqual(machine.said, ['restart NetworkManager.service']);
  const now = '/run/NetworkManager/conf.d/zz-patchbay-now.conf';
  assert.equal(statSync(machine.root + now).mode & 0o777, 0o644);
  assert.deepEqual(manager.kept(), []);
  // It leaves the file of a device that it no longer manages as it was.
  assert.deepEqual(manager.look(links)?.devices, ['eth1']);
  await manager.letGo(claims, links);
  assert.deepEqual(manager.look(links)?.devices, []);
  assert.deepEqual(manager.look(links)?.claims, claims);

  await manager.keep(claims);
  assert.ok(!machine.has(now));
  assert.deepEqual(manager.kept(), claims);
  machine.said.length = 0;
  await manager.keep(claims);
  assert.deepEqual(machine.said, [], 'the same once more is nothing');
  await manager.keep([]);
  assert.deepEqual(manager.look(links)?.claims, []);
});

test('NetworkManager: what is released has again what it had when it was taken', async () => {
  const machine = new FakeMachine();
  const manager = new nm.NetworkManager(machine, realDisk, `${machine.root}/state`);
  const state = '[device]\nmanaged=true\nconnection-uuid=u\nnm-owned=false\n';
  machine.write('/run/NetworkManager/devices/2', state);
  machine.running = ['NetworkManager'];
  machine.services = ['NetworkManager.service'];
  await manager.claim(claims, ['eth1'], links);
  await manager.letGo(claims, links);
  assert.ok(!machine.has('/run/NetworkManager/devices/2'));
  machine.said.length = 0;
  await manager.release([], ['eth1', 'eth1.*', 'red'], links);
  assert.deepEqual(machine.said, ['stop NetworkManager.service', 'start NetworkManager.service']);
  assert.equal(machine.read('/run/NetworkManager/devices/2'), state);
  assert.deepEqual(manager.look(links)?.claims, []);
});

test('NetworkManager: an agent that is killed while it has stopped it leaves word, and the next one starts it', async () => {
  const machine = new FakeMachine();
  const manager = new nm.NetworkManager(machine, realDisk, `${machine.root}/state`);
  machine.write('/run/NetworkManager/devices/2', 'managed=true\n');
  machine.running = ['NetworkManager'];
  machine.services = ['NetworkManager.service'];
  await manager.claim(claims, ['eth1'], links);
  // It stops, and nothing after that happens.
  const killed = new Promise<never>(() => {});
  const stopped = new Promise<void>((resolve) => {
    machine.service = async () => {
      machine.running = [];
      resolve();
      return killed;
    };
  });
  void manager.release([], ['eth1'], links);
  await stopped;

  const said: string[] = [];
  machine.service = async (verb, unit) => void said.push(`${verb} ${unit}`);
  const next = new nm.NetworkManager(machine, realDisk, `${machine.root}/state`);
  assert.notEqual(next.look(links), null, 'it is still a manager of this host');
  await next.keep([]);
  assert.deepEqual(said, ['start NetworkManager.service']);
  await next.keep([]);
  assert.deepEqual(said, ['start NetworkManager.service'], 'once');
});

test('NetworkManager: profiles are switched off once, also after an agent that was killed before it had done so', async () => {
  const machine = new FakeMachine();
  const manager = () => new nm.NetworkManager(machine, realDisk, `${machine.root}/state`);
  machine.write('/run/NetworkManager/devices/2', 'managed=true\n');
  machine.running = ['NetworkManager'];
  const uuid = '01234567-89ab-cdef-0123-456789abcdef';
  const fields =
    'connection.uuid,connection.id,connection.interface-name,connection.autoconnect,802-3-ethernet.mac-address';
  machine.answers = {
    'nmcli -t -f UUID connection show': `${uuid}\n`,
    [`nmcli -t -e no -f ${fields} connection show uuid ${uuid}`]: [
      `connection.uuid:${uuid}`,
      'connection.id:old',
      'connection.interface-name:eth1',
      'connection.autoconnect:yes',
    ].join('\n'),
  };
  const modify = `nmcli connection modify ${uuid} connection.autoconnect no`;
  await manager().claim(claims, [], links);
  // It asks for the profiles, and nothing after that happens.
  const { ask } = machine;
  await new Promise<void>((resolve) => {
    machine.ask = () => {
      resolve();
      return new Promise<never>(() => {});
    };
    void manager().keep(claims);
  });
  machine.ask = async () => null;
  assert.deepEqual(await manager().keep(claims), [], 'it does not say which profiles there are');
  machine.ask = ask;
  machine.running = [];
  assert.deepEqual(await manager().keep(claims), [], 'after a boot, before it is there');
  machine.running = ['NetworkManager'];
  assert.deepEqual(await manager().keep(claims), ['Profiles of NetworkManager no longer come up by themselves: old.']);
  assert.ok(machine.said.includes(modify));
  machine.said.length = 0;
  assert.deepEqual(await manager().keep(claims), []);
  assert.equal(machine.said.length, 0, 'who has switched one on again since means it');
  await manager().keep([]);
  await manager().keep(claims);
  assert.ok(machine.said.includes(modify), 'what is taken anew is switched off anew');
  machine.said.length = 0;
  rmSync(`${machine.root}/state`, { recursive: true });
  assert.deepEqual(await manager().keep(claims), []);
  assert.equal(machine.said.length, 0, 'so is what an agent has kept that left no note of it');
});

test('NetworkManager: what is claimed is kept also where it cannot be noted that profiles are to be switched off', async () => {
  const machine = new FakeMachine();
  const disk = new ScarceDisk();
  disk.makeReadOnly();
  const manager = new nm.NetworkManager(machine, disk, `${machine.root}/state`);
  assert.deepEqual(await manager.keep(claims), []);
  assert.deepEqual(manager.kept(), claims);
});

test('NetworkManager: where nothing can restart it, it is told to read its files again', async () => {
  const machine = new FakeMachine();
  const manager = new nm.NetworkManager(machine, realDisk, `${machine.root}/state`);
  machine.write('/run/NetworkManager/devices/2', 'managed=true\n');
  machine.running = ['NetworkManager'];
  await manager.claim(claims, ['eth1'], links);
  assert.deepEqual(machine.said, ['nmcli general reload']);
  await assert.rejects(manager.handBack([], [], links), /no systemd runs it/);
});

test('networkd: the first claim restarts it, since its own settings are read then; more of the same need a reload', async () => {
  const machine = new FakeMachine();
  const manager = new networkd.Networkd(machine);
  assert.equal(manager.look(links), null);
  machine.write('/run/systemd/netif/state');
  machine.write('/run/systemd/netif/links/2', 'ADMIN_STATE=unmanaged\n');
  machine.write('/run/systemd/netif/links/3', 'ADMIN_STATE=configured\n');
  machine.running = ['systemd-network'];
  machine.services = ['systemd-networkd.service'];
  assert.deepEqual(manager.look(links), { name: 'systemd-networkd', running: true, devices: ['eth2'], claims: [] });
  await manager.claim(claims, []);
  await manager.claim([...claims, { device: 'blue', mac: null }], []);
  assert.deepEqual(machine.said, ['restart systemd-networkd.service', 'networkctl reload']);
  await manager.keep(claims, true);
  assert.ok(!machine.has('/run/systemd/networkd.conf.d/00-patchbay.conf'));
  assert.ok(machine.has('/etc/systemd/networkd.conf.d/00-patchbay.conf'));
  assert.ok(!machine.has('/etc/systemd/system/systemd-networkd-wait-online.service.d/patchbay.conf'));
  await manager.keep(claims, false);
  assert.ok(machine.has('/etc/systemd/system/systemd-networkd-wait-online.service.d/patchbay.conf'));
  await manager.keep([], false);
  assert.deepEqual(manager.look(links)?.claims, []);
  for (const path of ['networkd.conf.d/00-patchbay.conf', 'network/00-patchbay.network']) {
    assert.ok(!machine.has(`/etc/systemd/${path}`), path);
  }

  machine.services = [];
  await assert.rejects(manager.claim(claims, []), /only when it is started anew/);
});

test('networkd: what it waits for at boot is decided while it runs, and only then', async () => {
  const machine = new FakeMachine();
  const manager = new networkd.Networkd(machine);
  const wait = '/etc/systemd/system/systemd-networkd-wait-online.service.d/patchbay.conf';
  await manager.keep(claims, false);
  assert.ok(!machine.has(wait), 'it has not begun, and may have devices of its own');
  machine.write('/run/systemd/netif/state');
  machine.running = ['systemd-network'];
  await manager.keep(claims, false);
  assert.ok(machine.has(wait));
  machine.running = [];
  rmSync(`${machine.root}/run`, { recursive: true });
  await manager.keep(claims, false);
  assert.ok(machine.has(wait), 'as it was decided');
  await manager.keep([], false);
  assert.ok(!machine.has(wait), 'nothing is claimed any more');
});

test('networkd: what was handed back is no longer told to stay in its bond once Patchbay has it again', async () => {
  const machine = new FakeMachine();
  const folder = (nic: string) => networkd.KEEPS_MASTER(nic);
  for (const nic of ['eth1', 'eth9']) {
    machine.write(`/etc/systemd/network/05-patchbay-${nic}.network`);
    machine.write(`${folder(nic)}/keep-master.conf`);
  }
  await new networkd.Networkd(machine).withdraw([{ device: 'eth1', mac: null }]);
  assert.ok(!machine.has('/etc/systemd/network/05-patchbay-eth1.network'));
  assert.ok(!machine.has(folder('eth1')));
  assert.ok(machine.has(`${folder('eth9')}/keep-master.conf`), 'it is still the manager’s');
});

test('ifupdown: its file changes when a change is kept, in every file that it reads, with a copy of what was there', async () => {
  const machine = new FakeMachine();
  const manager = new Ifupdown(machine);
  assert.equal(manager.look(links), null);
  const main = 'source interfaces.d/*\nauto lo eth0\niface eth0 inet dhcp\n';
  const more = 'auto eth1\niface eth1 inet manual\n';
  machine.write('/usr/sbin/ifup');
  machine.write('/etc/network/interfaces', main);
  machine.write('/etc/network/interfaces.d/one', more);
  assert.deepEqual(manager.look(links), { name: 'ifupdown', running: false, devices: ['eth0', 'eth1'], claims: [] });
  const claim = [{ device: 'eth1', mac: null }];
  await manager.claim(claim, ['eth1'], links);
  assert.deepEqual(manager.look(links)?.devices, ['eth0']);
  assert.equal(machine.read('/etc/network/interfaces.d/one'), more);
  await manager.keep(claim);
  assert.equal(machine.read('/etc/network/interfaces'), main);
  assert.match(machine.read('/etc/network/interfaces.d/one'), /^#\|auto eth1$/m);
  assert.equal(machine.read('/etc/network/interfaces.d/one.before-patchbay'), more);
  assert.deepEqual(manager.look(links), { name: 'ifupdown', running: false, devices: ['eth0'], claims: claim });
  await manager.keep([]);
  assert.equal(machine.read('/etc/network/interfaces.d/one'), more);

  await manager.claim(claim, ['eth1'], links);
  await manager.release([], ['eth1']);
  assert.deepEqual(manager.look(links)?.claims, []);
});

test('ifupdown: the DHCP client of a claimed device stands still, goes on when it is released, and ends when that is kept', async () => {
  const machine = new FakeMachine();
  const manager = new Ifupdown(machine);
  const client = (pid: number, words: string): Running => ({ pid, words: words.split(' '), stopped: false });
  machine.clients = [
    client(1, '/sbin/dhclient -4 -v -i -pf /run/dhclient.eth1.pid -I -df /var/lib/dhcp/dhclient6.eth1.leases eth1'),
    client(2, 'dhcpcd: eth1 [ip4] [ip6]'),
    client(3, 'busybox udhcpc -n -p /run/udhcpc.eth1.pid -i eth1'),
    client(4, '/usr/sbin/dhclient eth0'),
    client(5, '/usr/sbin/dhclient eth0 eth1'),
    client(6, 'busybox udhcpc -f -C -i eth1 -s /var/lib/patchbay/hear -t 4'),
    client(7, 'ping -I eth1 192.0.2.1'),
  ];
  const halted = () => machine.clients.flatMap(({ pid, stopped }) => (stopped ? [pid] : []));
  const claim = [{ device: 'eth1', mac: null }];
  await manager.claim(claim, ['eth1'], links);
  assert.deepEqual(halted(), [1, 2, 3]);
  await manager.release([], ['eth1']);
  assert.deepEqual(halted(), []);
  await manager.claim(claim, ['eth1'], links);
  machine.said.length = 0;
  await manager.keep(claim);
  assert.deepEqual(machine.said, ['SIGKILL', 'SIGKILL', 'SIGKILL']);
});

test('processes of this host are seen with their words, and whether they stand still', async () => {
  const machine = new RealMachine({});
  const client = spawn('cat', ['-', 'eth77'], { argv0: '/sbin/dhclient', stdio: ['pipe', 'ignore', 'ignore'] });
  const seen = () => machine.processes().find(({ pid }) => pid === client.pid);
  await once(client, 'spawn');
  assert.deepEqual(seen(), { pid: client.pid, words: ['/sbin/dhclient', '-', 'eth77'], stopped: false });
  machine.signal(client.pid ?? 0, 'SIGSTOP');
  while (seen()?.stopped === false) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(seen()?.stopped, true);
  client.kill('SIGKILL');
  await once(client, 'exit');
  assert.equal(seen(), undefined);
});

test('cloud-init: its network stage is switched off when a change is kept, unless it is off already', async () => {
  const machine = new FakeMachine();
  const manager = new CloudInit(machine);
  assert.equal(manager.look(links), null);
  machine.write('/usr/bin/cloud-init');
  assert.deepEqual(manager.look(links), { name: 'cloud-init', running: false, devices: [], claims: [] });
  await manager.claim();
  const claim = manager.look(links)?.claims ?? [];
  assert.deepEqual(claim, [{ device: '*', mac: null }]);
  assert.ok(!machine.has('/etc/cloud/cloud.cfg.d/99-patchbay-network.cfg'));
  await manager.keep(claim);
  assert.ok(switchesNetworksOff(machine.read('/etc/cloud/cloud.cfg.d/99-patchbay-network.cfg')));
  await manager.keep([]);
  machine.write('/etc/cloud/cloud.cfg.d/90-mine.cfg', 'network:\n  # by hand\n  config: disabled\n');
  assert.equal(manager.look(links), null);
  rmSync(`${machine.root}/etc/cloud/cloud.cfg.d/90-mine.cfg`);
  machine.write('/etc/cloud/cloud-init.disabled');
  assert.equal(manager.look(links), null);
  assert.equal(switchesNetworksOff('network: {version: 2}\nsystem_info: {config: disabled}\n'), false);
});
