/**
 * The kernel in memory against a real one: the same operations, the same outcome, run by run. Runs on a lab host, as root,
 * and uses eth1 to eth5.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { applyOp, type KernelState, planFor, planRestore, runsOf, World } from '@patchbay/agent';
import type { KernelOp } from '@patchbay/protocol';
import fc from 'fast-check';
import { hostConfig } from './arbitrary-config.ts';
import { kernel, local, shown } from './comparison.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;
const ROUNDS = Number(process.env['PATCHBAY_PROPERTY_RUNS'] ?? 12);

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

describe('kernel in memory and real kernel', {
  skip: possible ? false : 'runs on a lab host',
  timeout: 600_000,
}, () => {
  let start: KernelState;
  before(async () => {
    await kernel.execute([1, 2, 3, 4, 5].map((nic) => ({ kind: 'link.set', name: `eth${nic}`, up: true })));
    start = await kernel.observe();
  });

  const seed = Number(process.env['PATCHBAY_SEED'] ?? 1);
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
