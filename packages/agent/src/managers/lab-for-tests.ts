/** What the tests with real managers share: their programs on this lab host, a stand-in for systemd, and a probe. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { HostConfig, KernelOp, ManagerName } from '@patchbay/protocol';
import { bond, ip, kernel, network } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { isOurRoute, isOurRule, readAlias } from '../observe/ownership.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { handedTable } from './hand-back/handed-host.ts';
import { planHandBack } from './hand-back/plan-hand-back.ts';
import { PATIENCE, type Patience } from './let-go.ts';
import { knownManagers, Managers } from './managers.ts';
import { OwnedKernel } from './owned-kernel.ts';

const files = process.env['PATCHBAY_MANAGERS'] ?? '';
export const possible = process.getuid?.() === 0 && process.env['PATCHBAY_LAB'] !== undefined && existsSync(files);

/** Something of everything that other managers can be told. */
export const rich: HostConfig = {
  bonds: { bond0: bond(['eth3', 'eth4'], { mode: '1', miimon: '100', primary: 'eth4', updelay: '200' }) },
  networks: {
    red: network({
      base: 'bond0',
      vlan: 7,
      mtu: 1400,
      ipv4: ip('203.0.113.5', '203.0.113.1'),
      defaultRoute: true,
      ipv6: { method: 'static', address: '2001:db8::5', prefix: 64, gateway: '2001:db8::1' },
      bridgeOptions: { multicast_snooping: '0', ageing_time: '20000' },
    }),
    plain: network({ base: 'bond0', vlan: 8, bridged: false }),
    old: network({ base: 'eth1', mtu: 9000, ipv4: ip('198.51.100.5') }),
    lone: network({ stp: true }),
  },
};

/** Copies the programs onto this host, which is nobody else's. */
export async function installManagers(): Promise<void> {
  await sh(`cp -a '${files}/.' /`);
  for (const folder of ['/run/dbus', '/run/systemd/system', '/run/systemd/netif'])
    mkdirSync(folder, { recursive: true });
  await sh(
    'chown -R systemd-network:systemd-network /run/systemd/netif; rm -rf /etc/NetworkManager/system-connections/*',
  );
  await sh('rm -f /etc/network/interfaces');
  await sh('dbus-daemon --system --fork --nopidfile');
}

/** A `systemctl` that knows two services, as systemd would start and stop them. */
export function standInForSystemd(): void {
  writeFileSync('/usr/bin/systemctl', systemctl);
  chmodSync('/usr/bin/systemctl', 0o755);
}

const systemctl = `#!/bin/sh
verb=$1
for unit; do :; done
case $unit in
NetworkManager.service) name=NetworkManager stop=TERM ;;
systemd-networkd.service) name=systemd-networkd stop=TERM ;;
*) exit 4 ;;
esac
# systemd-networkd.service has RestartKillSignal=SIGUSR2.
if [ "$verb" = restart ] && [ "$name" = systemd-networkd ]; then stop=USR2; fi
end() {
  pid=$(pidof "$name") || return 0
  kill -"$stop" $pid
  while kill -0 $pid 2>/dev/null; do sleep 0.02; done
}
begin() {
  pidof "$name" >/dev/null && return 0
  case $name in
  NetworkManager)
    env -i PATH=/usr/sbin:/usr/bin NetworkManager >>/tmp/NetworkManager.log 2>&1
    # Its unit is of type dbus: started when it is on the bus.
    while pidof NetworkManager >/dev/null && [ "$(nmcli -t -f RUNNING general 2>&1)" != running ]; do sleep 0.02; done ;;
  systemd-networkd) env -i setsid /usr/lib/systemd/systemd-networkd >>/tmp/networkd.log 2>&1 & ;;
  esac
}
case $verb in
is-active) pidof "$name" >/dev/null ;;
stop) end ;;
start) begin ;;
restart) end && begin ;;
esac
`;

export async function systemctlDoes(verb: 'start' | 'stop' | 'restart', unit: string): Promise<void> {
  await sh(`systemctl ${verb} ${unit}`);
}

export async function sh(command: string): Promise<string> {
  const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const status = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  assert.equal(status, 0, `${command}: ${said}`);
  return said;
}

export async function until(what: string, holds: () => Promise<boolean>, within = 20_000): Promise<void> {
  const end = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${within} ms: ${what}`);
    await pause(100);
  }
}

/** The host as an agent sees it. @param said what it logs */
export function ownedKernel(said: [string, unknown][] = [], patience: Patience = PATIENCE) {
  const managers = new Managers({
    kernel,
    all: knownManagers('/var/lib/patchbay', {}),
    patience,
    environment: {},
    log: (_level, message, facts) => void said.push([message, facts]),
  });
  return { kernel: new OwnedKernel(kernel, managers), managers };
}

type Owned = ReturnType<typeof ownedKernel>['kernel'];

export async function applyOwned(owned: Owned, config: HostConfig): Promise<KernelOp[]> {
  const plan = planFor(await owned.observe(), config);
  assert.ok(plan.ok, JSON.stringify(plan));
  const execution = await owned.execute(plan.value.ops);
  assert.ok(execution.ok, JSON.stringify(execution));
  await settled(owned, config);
  return plan.value.ops;
}

/** Shows that nothing is left to do. */
export async function settled(owned: Owned, config: HostConfig): Promise<void> {
  const again = planFor(await owned.observe(), config);
  assert.deepEqual(again.ok && again.value.ops, []);
}

/** Hands everything over, and shows that nothing of it was ours any more. @returns what the kernel told meanwhile */
export async function handBack(owned: Owned, config: HostConfig, manager: ManagerName): Promise<string[]> {
  const plan = planHandBack(await owned.observe(), config, { manager }, {});
  assert.ok(plan.ok, JSON.stringify(plan));
  const events = await eventsOf(async () => {
    const execution = await owned.execute(plan.value.ops);
    assert.ok(execution.ok, JSON.stringify(execution));
  });
  await settled(owned, { bonds: {}, networks: {} });
  const state = await owned.observe();
  assert.ok(!state.rules.some(isOurRule) && !state.routes.some(isOurRoute), JSON.stringify(state.routes));
  return events;
}

/** The same links, addresses, routes and rules, whoever has set them: tables of ours have become others. */
export async function sameNetwork(owned: Pick<Owned, 'observe'>, before: KernelState): Promise<void> {
  const now = await owned.observe();
  const names = before.links.filter((link) => readAlias(link.alias) !== null).map(({ name }) => name);
  const links = ({ links }: KernelState) =>
    links
      .filter(({ name }) => names.includes(name))
      .map(({ name, kind, mac, mtu, master, base, vlan, adminUp, carrier, bond, bridge, addresses }) => ({
        ...{ name, kind, mac, mtu, master, base, vlan, adminUp },
        // Of what is plugged into something else managers do not care, nor networkd of what has no carrier. And networkd turns IPv6 off by
        // having no address made.
        ipv6: master === null && carrier ? addresses.some(({ family }) => family === 6) : null,
        bond: bond === null ? null : { options: bond.options, slaves: bond.slaves },
        bridge,
        addresses: addresses
          .filter(({ origin, validFor }) => origin === 'static' && validFor === null)
          .map(({ address, prefix }) => `${address}/${prefix}`)
          .sort(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  assert.deepEqual(links(now), links(before));
  const has = (table: number, destination: string, gateway: string | null, device: string | null) =>
    now.routes.some(
      (route) =>
        route.table === table &&
        route.destination === destination &&
        route.gateway === gateway &&
        route.device === device,
    );
  for (const { table, destination, gateway, device } of before.routes.filter(isOurRoute)) {
    assert.ok(has(handedTable(table), destination, gateway, device), `${destination} by ${device} in table ${table}`);
  }
  for (const { priority, from, to, table } of before.rules.filter(isOurRule)) {
    const same = now.rules.some(
      (rule) => rule.priority === priority && rule.from === from && rule.to === to && rule.table === handedTable(table),
    );
    assert.ok(same, `rule from ${from} to ${to}`);
  }
}

export async function restoreOwned(owned: Owned, snapshot: KernelState): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    const { ops } = planRestore(await owned.observe(), snapshot);
    if (ops.length === 0) return;
    const execution = await owned.execute(ops);
    assert.ok(execution.ok, JSON.stringify(execution));
  }
  assert.deepEqual(planRestore(await owned.observe(), snapshot).ops, []);
}

/** An address of which there is only a route, and that for an instant. */
const MARK = '192.0.2.254';

/** Every event of the kernel while something is done, as `ip monitor` words it; what is only about neighbours is left out. */
export async function eventsOf(work: () => Promise<unknown>): Promise<string[]> {
  const child = spawn('ip', ['-o', 'monitor', 'link', 'address', 'route', 'rule'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  // It tells of a mark of ours once it listens, and of another when it has told of everything before.
  const mark = async (metric: number) => {
    const words = `unreachable ${MARK} table 4711 metric ${metric}`;
    await sh(`ip route replace ${words}; ip route del ${words}`);
    return new RegExp(`${MARK} table 4711 metric ${metric}\\b`).test(said);
  };
  await until('the monitor listens', () => mark(1));
  await work();
  await until('the monitor has told', () => mark(2));
  child.kill();
  return said.split('\n').filter((line) => line !== '' && !line.includes(MARK));
}

/**
 * Looks every 10 ms, from a thread of its own, whether a device is up and running with an address.
 * @returns how to end it, and get the longest time in milliseconds that it was not so
 */
export async function probe(device: string, address: string): Promise<() => Promise<number>> {
  const looking = `
const { networkInterfaces } = require('node:os');
const { parentPort, workerData: { device, address } } = require('node:worker_threads');
let since = performance.now(), dark = false, longest = 0, looks = 0;
const look = () => {
  const now = performance.now();
  const there = (networkInterfaces()[device] ?? []).some((one) => one.address === address);
  if (dark || !there) longest = Math.max(longest, there ? now - since : 0);
  if (there) since = now;
  else if (dark) longest = Math.max(longest, now - since);
  dark = !there;
  looks += 1;
};
setInterval(look, 10);
parentPort.on('message', () => { parentPort.postMessage({ longest, looks }); process.exit(0); });
`;
  const worker = new Worker(looking, { eval: true, workerData: { device, address } });
  await once(worker, 'online');
  await pause(100);
  return async () => {
    await pause(100);
    worker.postMessage('end');
    const [{ longest, looks }] = (await once(worker, 'message')) as [{ longest: number; looks: number }];
    assert.ok(looks > 10, `${looks} looks`);
    return Math.round(longest);
  };
}
