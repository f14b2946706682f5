/**
 * An agent without an engine, on a kernel that is a file: finishes what it finds, does one transaction, says how it ended.
 * `agent.mjs --state DIR --guard SCRIPT --engine confirms|silent|stuck|cut-off|none [--watchdog DEVICE]`.
 * The disk of an agent with an engine that is `cut-off` hangs from when the change is applied.
 */
import { parseArgs } from 'node:util';
import { realDisk } from '../../persist/disk.ts';
import { HangingDisk } from '../../persist/disk-for-tests.ts';
import { killFile } from '../../transaction/checkpoint.ts';
import type { Confirm } from '../../transaction/parts.ts';
import { applyRequest, confirms, FileKernel, openTrial, staysSilent } from '../../transaction/testing.ts';
import { keeperLauncher } from '../launch.ts';
import { GuardPost } from '../post.ts';

const option = { type: 'string', default: '' } as const;
const { values } = parseArgs({
  options: { state: option, guard: option, engine: option, watchdog: { type: 'string' } },
});
const { state, guard, engine } = values;

const stuck: Confirm = () => new Promise(() => {});
const hanging = new HangingDisk();
const cutOff: Confirm = (...asked) => {
  hanging.hang(0, false);
  return staysSilent(...asked);
};
const confirm = { confirms, silent: staysSilent, stuck, 'cut-off': cutOff }[engine] ?? confirms;
const guards = new GuardPost(realDisk, state, guard, keeperLauncher(process.execPath, `${state}/guard.log`));
const { transactions } = await openTrial(state, new FileKernel(`${state}/../kernel`), {
  guards,
  disk: hanging.disk,
  confirm,
  checkpoints: killFile(state, 'kill-at'),
  watchdog: values.watchdog ?? null,
});
await transactions.resume();
guards.standBy();
// Nobody asks it for anything.
if (engine === 'none') await new Promise(() => {});
await transactions.idle();
if ((await transactions.outcome('t1')).state === 'unknown') {
  await transactions.apply(applyRequest({ confirmTimeout: engine === 'confirms' ? 20_000 : 300 }));
}
await transactions.idle();
console.log(JSON.stringify((await transactions.outcome('t1')).ended));
process.exit(0);
