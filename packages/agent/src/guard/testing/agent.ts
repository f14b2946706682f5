/**
 * An agent without an engine, on a kernel that is a file: finishes what it finds, does one transaction, says how it ended.
 * `agent.mjs --state DIR --kernel FILE --guard SCRIPT --engine confirms|silent|stuck [--guard-dies-at POINT]`.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isAlive, kill } from '../../persist/process-id.ts';
import { killFile } from '../../transaction/checkpoint.ts';
import type { Confirm } from '../../transaction/parts.ts';
import { applyRequest, confirms, FileKernel, openTrial, staysSilent } from '../../transaction/testing.ts';
import { GuardPost } from '../post.ts';

const option = { type: 'string', default: '' } as const;
const { values } = parseArgs({
  options: { state: option, kernel: option, guard: option, engine: option, 'guard-dies-at': option },
});
const { state, kernel, guard, engine, 'guard-dies-at': deathPoint } = values;

const stuck: Confirm = () => new Promise(() => {});
const confirm = { confirms, silent: staysSilent, stuck }[engine] ?? confirms;
const orders = killFile(state, 'kill-at');
const guards = new GuardPost(
  [process.execPath, guard, '--kernel', kernel, '--state', state],
  `${state}/guard.log`,
  (...said) => console.error(...said),
);
const { transactions } = await openTrial(state, new FileKernel(kernel), {
  guards,
  confirm,
  checkpoints: {
    ...orders,
    async reach(name) {
      if (name === deathPoint) await killGuard();
      await orders.reach(name);
    },
  },
});
await transactions.resume();
await transactions.idle();
if ((await transactions.outcome('t1')).state === 'unknown') {
  await transactions.apply(applyRequest({ confirmTimeout: engine === 'confirms' ? 20_000 : 300 }));
}
await transactions.idle();
console.log(JSON.stringify((await transactions.outcome('t1')).ended));
process.exit(0);

async function killGuard(): Promise<void> {
  const record = JSON.parse(readFileSync(`${state}/txn/t1/record.json`, 'utf8'));
  kill(record.guard);
  while (isAlive(record.guard)) await new Promise((resolve) => setTimeout(resolve, 5));
}
