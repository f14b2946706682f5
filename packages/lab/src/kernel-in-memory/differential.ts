/**
 * Random plans, each executed in a real kernel and in the kernel in memory from the same start: both must end the same. Runs
 * on a lab host, as root, and uses eth1 to eth5: `differential.ts [plans] [seed]`. Prints what differs and, last, one line
 * of JSON with the counts.
 */
import { isDeepStrictEqual } from 'node:util';
import { applyOp, type KernelState, planFor, planRestore, World } from '@patchbay/agent';
import type { KernelOp } from '@patchbay/protocol';
import fc from 'fast-check';
import { hostConfig } from './arbitrary-config.ts';
import { kernel, local, shown } from './comparison.ts';

const [plans = 100, seed = 1] = process.argv.slice(2).map(Number);
/** Every so many plans the way leads back to the beginning, in one batch. */
const HOME = 6;

const count = { plans: 0, operations: 0, differences: 0, seed };
const configs = fc.sample(hostConfig, { numRuns: plans * 2, seed }).map(local);

await kernel.execute([1, 2, 3, 4, 5].map((nic) => ({ kind: 'link.set', name: `eth${nic}`, up: true })));
const start = await kernel.observe();
let state = start;
for (let turn = 0; count.plans < plans && turn < configs.length; turn += 1) {
  const ops = opsFor(state, turn);
  if (ops.length === 0) continue;
  count.plans += 1;
  count.operations += ops.length;
  const { after, difference } = await compare(state, ops);
  state = after;
  if (count.plans % 250 === 0)
    console.log(`${count.plans} plans, ${count.operations} operations, ${count.differences} differences`);
  if (difference === null) continue;
  count.differences += 1;
  console.log(`plan ${count.plans} (turn ${turn} of seed ${seed}): ${difference}\n${JSON.stringify(ops)}`);
  if (count.differences >= 5) break;
  await kernel.execute(planRestore(state, start).ops);
  state = await kernel.observe();
}
await kernel.execute(planRestore(state, start).ops);
console.log(JSON.stringify(count));
process.exit(count.differences === 0 && count.plans === plans ? 0 : 1);

function opsFor(from: KernelState, turn: number): KernelOp[] {
  const config = configs[turn];
  if (config === undefined || turn % HOME === HOME - 1) return planRestore(from, start).ops;
  const planned = planFor(from, config);
  if (!planned.ok) throw new Error(`turn ${turn} of seed ${seed}: ${planned.problem.message}`);
  return planned.value.ops;
}

/** Executes in both. @returns the real kernel as it is then, and what differs, null when nothing does */
async function compare(
  from: KernelState,
  ops: readonly KernelOp[],
): Promise<{ after: KernelState; difference: string | null }> {
  const local = ops.filter((op) => op.kind !== 'neighbour.announce');
  const world = new World(structuredClone(from));
  const done = await kernel.execute(local);
  const refusal = local.map((op) => ({ op, text: applyOp(world, op) })).find(({ text }) => text !== null);
  const after = await kernel.observe();
  if (!done.ok) {
    return { after, difference: `the real kernel refused ${JSON.stringify(done.failed)}: ${done.message}` };
  }
  if (refusal !== undefined) {
    return { after, difference: `the kernel in memory refused ${JSON.stringify(refusal.op)}: ${refusal.text}` };
  }
  const differences = differing('', shown({ ...world, links: [...world.links.values()] }), shown(after));
  return { after, difference: differences.length === 0 ? null : differences.join('\n') };
}

/** Path and both values of each part that differs. */
function differing(path: string, model: unknown, real: unknown): string[] {
  if (isDeepStrictEqual(model, real)) return [];
  const both = [model, real];
  if (!both.every((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)) {
    return [`${path}: in memory ${JSON.stringify(model)}, really ${JSON.stringify(real)}`];
  }
  const [a = {}, b = {}] = both.map((one) => (Array.isArray(one) ? byName(one) : one)) as Record<string, unknown>[];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differing(`${path}/${key}`, a[key], b[key]),
  );
}

function byName(all: unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    all.map((one, at) => [typeof one === 'string' ? one : ((one as { name?: string } | null)?.name ?? at), one]),
  );
}
