/**
 * The kernel in memory against a real one: the same operations, the same outcome, run by run. Runs on a lab host, as root,
 * and uses eth1 to eth5.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { applyOp, type KernelState, LinuxKernel, planFor, planRestore, runsOf, World } from '@patchbay/agent';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import fc from 'fast-check';
import { hostConfig } from './arbitrary-config.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;
const ROUNDS = Number(process.env['PATCHBAY_PROPERTY_RUNS'] ?? 12);

const kernel = new LinuxKernel({
  dhcp: { start: async () => {}, stop: async () => {}, current: () => [] },
  resolver: { set: async () => {} },
});

/** What both must agree on. Left out is what takes time, or what only a real kernel has. */
function shown(state: Pick<KernelState, 'links' | 'routes' | 'rules'>): unknown {
  // Members of a balancing bond keep their own MACs and swap them as they please.
  const balancing = state.links.filter(({ bond }) => ['5', '6'].includes(bond?.options['mode'] ?? ''));
  const swaps = new Set(balancing.flatMap(({ bond }) => bond?.slaves ?? []));
  const links = state.links.map((link) => ({
    name: link.name,
    kind: link.kind,
    // The kernel draws one where the model does not know any.
    mac: link.mac?.startsWith('02:00') && !swaps.has(link.name) ? link.mac : 'any',
    mtu: link.mtu,
    adminUp: link.adminUp,
    master: link.master,
    base: link.base,
    vlan: link.vlan,
    alias: link.alias,
    group: link.group,
    ipv6Disabled: link.ipv6Disabled,
    shaping: link.shaping ?? null,
    bond: link.bond === null ? null : { options: link.bond.options, slaves: link.bond.slaves },
    // Below the root of a spanning tree, a bridge shows the root's timers.
    bridge: link.bridge === null ? null : { stp: link.bridge.stp, snooping: link.bridge.options['multicast_snooping'] },
    addresses: link.addresses
      .filter(({ origin }) => origin !== 'kernel')
      .map(({ address, prefix }) => `${address}/${prefix}`)
      .sort(),
  }));
  const routes = state.routes
    .filter(({ protocol }) => protocol !== 'ra')
    .map(({ family, table, destination, gateway, device, protocol }) =>
      [family, table, destination, gateway, device, protocol].join(' '),
    );
  return { links: links.sort((a, b) => (a.name < b.name ? -1 : 1)), routes: routes.sort(), rules: state.rules.length };
}

/** Does everything in both, and compares after each run of `ip`. */
async function both(world: World, ops: readonly KernelOp[]): Promise<void> {
  for (const run of runsOf(ops)) {
    if (run.executor === 'announce') continue;
    const done = await kernel.execute(run.ops);
    const refusals = run.ops.map((op) => applyOp(world, op));
    assert.deepEqual(
      { done, refusals: refusals.filter((text) => text !== null) },
      { done: { ok: true }, refusals: [] },
    );
    const real = await kernel.observe();
    assert.deepEqual(shown({ ...world, links: [...world.links.values()] }), shown(real), JSON.stringify(run.ops));
  }
}

/** Without eth0, by which a lab host is reached, and without DHCP clients and name servers, which are not part of a kernel. */
function local(config: HostConfig): HostConfig {
  const bonds = Object.fromEntries(Object.entries(config.bonds).filter(([, { slaves }]) => !slaves.includes('eth0')));
  const networks = Object.entries(config.networks).flatMap(([name, network]) => {
    const { base, ipv4 } = network;
    if (base === 'eth0' || (base?.startsWith('bond') && bonds[base] === undefined)) return [];
    const still = ipv4.method === 'dhcp' ? { ...network, ipv4: { method: 'none' as const } } : network;
    return [[name, { ...still, nameservers: null }] as const];
  });
  return { bonds, networks: Object.fromEntries(networks) };
}

describe('kernel in memory and real kernel', {
  skip: possible ? false : 'runs on a lab host',
  timeout: 600_000,
}, () => {
  let start: KernelState;
  before(async () => {
    await kernel.execute([1, 2, 3, 4, 5].map((nic) => ({ kind: 'link.set', name: `eth${nic}`, up: true })));
    start = await kernel.observe();
  });

  const seed = Number(process.env['PATCHBAY_SEED'] ?? Date.now() % 1_000_000);
  const cases = fc.sample(fc.array(hostConfig, { minLength: 2, maxLength: 3 }), { numRuns: ROUNDS, seed });
  cases.forEach((configs, at) => {
    test(`do the same, configs ${at} of seed ${seed}`, async () => {
      const world = new World(await kernel.observe());
      try {
        for (const config of configs.map(local)) {
          const plan = planFor(await kernel.observe(), config);
          assert.ok(plan.ok, JSON.stringify(plan));
          await both(world, plan.value.ops);
          const again = planFor(await kernel.observe(), config);
          assert.deepEqual(again.ok && again.value.ops, []);
        }
        await both(world, planRestore(await kernel.observe(), start).ops);
      } finally {
        await kernel.execute(planRestore(await kernel.observe(), start).ops);
      }
    });
  });
});
