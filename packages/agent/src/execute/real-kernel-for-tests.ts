/** What the tests of a real kernel share: the kernel, short ways to say a config, and going there and back with proof. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { HostConfig, KernelOp, LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { IpBatch } from './ip-batch.ts';
import { kernelAlone } from './kernel-alone.ts';

/** They add, remove and unplug what they like: only on a lab host, and never on a machine that somebody needs. */
export const inLab =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;

export { bond, ip4 as ip, network } from '../plan/host-for-tests.ts';

export const kernel = kernelAlone();

/** Brings the kernel to a config, and shows that nothing is left to do. */
export async function apply(
  config: HostConfig,
  management: string | null = null,
): Promise<{ ops: KernelOp[]; after: KernelState }> {
  const plan = planFor(await kernel.observe(), config, management);
  assert.ok(plan.ok, JSON.stringify(plan));
  const { ops } = plan.value;
  const execution = await kernel.execute(ops);
  assert.ok(execution.ok, JSON.stringify(execution));
  const after = await kernel.observe();
  const again = planFor(after, config, management);
  assert.deepEqual(again.ok && again.value.ops, []);
  return { ops, after };
}

export async function restore(snapshot: KernelState): Promise<void> {
  const execution = await kernel.execute(planRestore(await kernel.observe(), snapshot).ops);
  assert.ok(execution.ok, JSON.stringify(execution));
  const after = await kernel.observe();
  assert.deepEqual(planRestore(after, snapshot).ops, []);
  assert.deepEqual(essence(after), essence(snapshot));
}

/** Everything but what a kernel numbers or times by itself. */
export function essence(state: KernelState): unknown {
  const plain = ({
    index: _,
    operState: __,
    carrier: ___,
    speed: ____,
    sysctls: _____,
    slave: ______,
    ...link
  }: LinkReport) => ({
    ...link,
    bond: link.bond === null ? null : { options: link.bond.options, slaves: link.bond.slaves },
    addresses: link.addresses
      .filter(({ origin }) => origin === 'static')
      .map(({ address, prefix }) => `${address}/${prefix}`),
  });
  return {
    links: state.links.map(plain).sort((a, b) => (a.name < b.name ? -1 : 1)),
    routes: state.routes
      .filter(({ protocol }) => protocol !== 'ra')
      .map((route) => JSON.stringify(Object.entries(route).sort()))
      .sort(),
    rules: state.rules,
  };
}

export function link(state: KernelState, name: string): LinkReport {
  const found = state.links.find((one) => one.name === name);
  assert.ok(found, `${name} is missing`);
  return found;
}
export const has = (state: KernelState, name: string, address: string): boolean =>
  link(state, name).addresses.some((one) => one.address === address);
export const addressesOf = (state: KernelState, name: string): string[] =>
  link(state, name).addresses.flatMap(({ origin, address }) => (origin === 'static' ? [address] : []));
export const defaultDevices = (state: KernelState): (string | null)[] =>
  state.routes.flatMap(({ destination, table, family, device }) =>
    destination === 'default' && table === 254 && family === 4 ? [device] : [],
  );

/** An address of the loopback whose coming marks the end of what is listened to. */
const MARK = '127.9.9.9';

/** What the kernel tells of links, addresses, routes and rules while the work goes on, line by line; nothing of the loopback. */
export async function eventsDuring(work: () => Promise<void>): Promise<string[]> {
  const monitor = spawn('ip', ['monitor', 'link', 'address', 'route', 'rule'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let heard = '';
  const marked = new Promise<void>((resolve) => {
    monitor.stdout.on('data', (chunk) => {
      heard += chunk;
      if (heard.includes(MARK)) resolve();
    });
  });
  // It hears from its first breath on; when that is, the mark of a first address tells.
  for (; heard === ''; await new Promise((resolve) => setTimeout(resolve, 20))) {
    await batch('addr replace 127.9.9.8/32 dev lo', 'addr del 127.9.9.8/32 dev lo');
  }
  await work();
  await batch(`addr add ${MARK}/32 dev lo`, `addr del ${MARK}/32 dev lo`);
  await marked;
  monitor.kill();
  return heard.split('\n').filter((line) => /^\S/.test(line) && !/\blo\b/.test(line));
}

/** Resolves when the kernel has said nothing for a while: carriers and duplicate detection come in the train of a change. */
export async function quiet(): Promise<void> {
  const monitor = spawn('ip', ['monitor', 'link', 'address', 'route', 'rule'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let last = performance.now();
  monitor.stdout.on('data', () => {
    last = performance.now();
  });
  while (performance.now() - last < 1500) await new Promise((resolve) => setTimeout(resolve, 100));
  monitor.kill();
}

export async function batch(...lines: string[]): Promise<void> {
  const other = new IpBatch([], {}, 10_000);
  assert.deepEqual(await other.run(lines), { ok: true });
  await other.end();
}
