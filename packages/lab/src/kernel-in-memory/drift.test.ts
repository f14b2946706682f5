/** What is called drift is what the planner would put right, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driftOf, heardOps, type KernelState, planFor } from '@patchbay/agent';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import fc from 'fast-check';
import { hostConfig, NICS } from './arbitrary-config.ts';
import { MemoryKernel } from './memory-kernel.ts';

const RUNS = Number(process.env['PATCHBAY_PROPERTY_RUNS'] ?? 60);

const host = () =>
  new MemoryKernel({
    hostName: 'host',
    nics: NICS.map((name, at) => ({
      name,
      mac: `02:00:00:01:00:0${at}`,
      addresses: at === 0 ? ['192.0.2.10/24'] : [],
    })),
    defaultRoute: { device: 'eth0', gateway: '192.0.2.1' },
  });

/** What another hand must have done; the rest only follows what servers and routers say. */
const wrong = (state: KernelState, config: HostConfig, plan: readonly KernelOp[]): number =>
  plan.length - heardOps(state, config, plan).length;

function ops(state: KernelState, config: HostConfig): KernelOp[] {
  const plan = planFor(state, config);
  assert.ok(plan.ok, JSON.stringify(plan));
  return plan.value.ops;
}

test('a host differs from a config exactly when there is something to do', async () => {
  await fc.assert(
    fc.asyncProperty(hostConfig, hostConfig, async (first, second) => {
      const kernel = host();
      for (const config of [first, second]) {
        const before = await kernel.observe();
        const plan = ops(before, config);
        const { state, differences } = driftOf(before, config);
        assert.equal(
          state,
          wrong(before, config, plan) > 0 ? 'drifted' : 'in-sync',
          JSON.stringify([plan, differences]),
        );
        for (const { wanted, actual } of differences) assert.notEqual(wanted, actual);
        const execution = await kernel.execute(plan);
        assert.ok(execution.ok, JSON.stringify(execution));
        assert.deepEqual(driftOf(await kernel.observe(), config), { state: 'in-sync', differences: [], missing: [] });
      }
    }),
    { numRuns: RUNS },
  );
});

test('a single step back is told as drift', async () => {
  await fc.assert(
    fc.asyncProperty(hostConfig, fc.nat(), async (config, at) => {
      const kernel = host();
      await kernel.execute(ops(await kernel.observe(), config));
      const state = await kernel.observe();
      const targets = state.links.filter(({ kind, name }) => kind !== 'other' && name !== 'eth0');
      const link = targets[at % targets.length];
      assert.ok(link);
      const hand: KernelOp[] = [
        { kind: 'link.set', name: link.name, mtu: 1333 },
        { kind: 'link.set', name: link.name, master: null },
        { kind: 'link.set', name: link.name, up: false },
        { kind: 'link.del', name: link.name },
      ];
      for (const op of hand) if (link.kind !== 'nic' || op.kind !== 'link.del') await kernel.execute([op]);
      const after = await kernel.observe();
      const planned = planFor(after, config);
      const drift = driftOf(after, config);
      if (!planned.ok) assert.equal(drift.state, 'unknown');
      else assert.equal(drift.state === 'drifted', wrong(after, config, planned.value.ops) > 0, JSON.stringify(drift));
    }),
    { numRuns: RUNS },
  );
});
