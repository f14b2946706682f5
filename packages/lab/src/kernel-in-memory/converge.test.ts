import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KernelState, planFor, planRestore } from '@patchbay/agent';
import type { HostConfig, KernelOp, LinkReport, Plan } from '@patchbay/protocol';
import fc from 'fast-check';
import { hostConfig as anyConfig, NICS } from './arbitrary-config.ts';
import { MemoryKernel } from './memory-kernel.ts';

const RUNS = Number(process.env['PATCHBAY_PROPERTY_RUNS'] ?? 300);

/** Any share of a plan, where numbers of the kind `double` are nearly all next to nothing. */
const share = fc.noBias(fc.integer({ min: 0, max: 1000 })).map((thousandths) => thousandths / 1000);

/** No bond can have the nic that carries the VLAN of another hand. */
const hostConfig = anyConfig.map(({ bonds, networks }): HostConfig => {
  const left = Object.entries(bonds).flatMap(([name, bond]) => {
    const slaves = bond.slaves.filter((slave) => slave !== 'eth5');
    const { primary: _, ...options } = bond.options;
    return slaves.length === 0 ? [] : [[name, { slaves, options }] as const];
  });
  const standing = new Set([...NICS, ...left.map(([name]) => name), null]);
  return {
    bonds: Object.fromEntries(left),
    networks: Object.fromEntries(Object.entries(networks).filter(([, { base }]) => standing.has(base))),
  };
});

function host(): MemoryKernel {
  const kernel = new MemoryKernel({
    hostName: 'host',
    nics: NICS.map((name, at) => ({
      name,
      mac: `02:00:00:01:00:0${at}`,
      addresses:
        at === 0 ? ['192.0.2.10/24', '2001:db8::10/64'] : at === 1 ? ['198.51.100.10/24', '198.51.100.11/24'] : [],
      up: at < 4,
    })),
    defaultRoute: { device: 'eth0', gateway: '192.0.2.1' },
    nameservers: ['192.0.2.53'],
  });
  // Another hand has a VLAN with an address on one of the nics.
  kernel.disturb({ kind: 'link.add', name: 'eth5.77', type: 'vlan', mac: null, base: 'eth5', vlan: 77, options: {} });
  kernel.disturb({ kind: 'link.set', name: 'eth5.77', group: 0, mtu: 1400 });
  return kernel;
}

function planned(state: KernelState, config: HostConfig): Plan {
  const plan = planFor(state, config, '192.0.2.10');
  assert.ok(plan.ok, JSON.stringify(plan));
  return plan.value;
}

async function run(kernel: MemoryKernel, ops: readonly KernelOp[]): Promise<void> {
  const execution = await kernel.execute(ops);
  assert.ok(execution.ok, JSON.stringify(execution));
}

/** What a restore has to bring back: all but the numbers that a kernel gives by itself. */
function essence(state: KernelState): unknown {
  // Members of a balancing bond speak with the MACs that the order of their joining gave them.
  const balancing = state.links
    .filter(({ bond }) => bond?.options['mode'] === '6')
    .flatMap(({ bond }) => bond?.slaves ?? []);
  const swaps = ({ name, base }: Pick<LinkReport, 'name' | 'base'>) =>
    balancing.includes(name) || balancing.includes(base ?? '');
  return {
    links: state.links
      .map(({ index: _, sysctls: __, ...link }) => ({
        ...link,
        mac: swaps(link) ? 'any' : link.mac,
        bond: link.bond === null ? null : { options: link.bond.options, slaves: link.bond.slaves },
        addresses: link.addresses.map(({ address, prefix }) => `${address}/${prefix}`).sort(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    routes: state.routes.map((route) => JSON.stringify(Object.entries(route).sort())).sort(),
    // In order of their coming where they have one priority.
    rules: state.rules
      .toSorted((a, b) => a.family - b.family || a.priority - b.priority)
      .map((rule) => JSON.stringify(Object.entries(rule).sort())),
    dhcp: state.dhcp.map(({ device, network, family }) => `${device} ${network} ${family}`).sort(),
    nameservers: state.nameservers,
  };
}

test('any config is reached from any other, and then there is nothing left to do', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostConfig, { minLength: 1, maxLength: 3 }), async (configs) => {
      const kernel = host();
      for (const config of configs) {
        await run(kernel, planned(await kernel.observe(), config).ops);
        assert.deepEqual(planned(await kernel.observe(), config).ops, []);
      }
    }),
    { numRuns: RUNS },
  );
});

test('from any point of a plan, a restore brings back what was there before', async () => {
  await fc.assert(
    fc.asyncProperty(hostConfig, hostConfig, share, async (first, second, part) => {
      const kernel = host();
      await run(kernel, planned(await kernel.observe(), first).ops);
      const snapshot = await kernel.observe();
      const { ops } = planned(snapshot, second);
      await run(kernel, ops.slice(0, Math.round(ops.length * part)));
      await run(kernel, planRestore(await kernel.observe(), snapshot).ops);
      const after = await kernel.observe();
      assert.deepEqual(essence(after), essence(snapshot));
      assert.deepEqual(planRestore(after, snapshot).ops, []);
    }),
    { numRuns: RUNS },
  );
});

test('an interrupted restore is finished by the next', async () => {
  await fc.assert(
    fc.asyncProperty(hostConfig, share, async (config, part) => {
      const kernel = host();
      const snapshot = await kernel.observe();
      await run(kernel, planned(snapshot, config).ops);
      const { ops } = planRestore(await kernel.observe(), snapshot);
      await run(kernel, ops.slice(0, Math.round(ops.length * part)));
      await run(kernel, planRestore(await kernel.observe(), snapshot).ops);
      assert.deepEqual(essence(await kernel.observe()), essence(snapshot));
    }),
    { numRuns: RUNS },
  );
});
