/**
 * For tests: an agent without an engine on the kernel of this machine, with real guards. Does what an agent does at its start, then
 * the transaction of its script unless that has ended, and says how everything is then.
 * `agent.program.mjs --state DIR --guard GUARD [--script FILE]`.
 */
import { existsSync, readFileSync, watch } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ApplyRequest } from '@patchbay/protocol';
import { HostResolver } from '../../dns/resolver.ts';
import { LinuxKernel } from '../../execute/linux-kernel.ts';
import { essence } from '../../execute/real-kernel-for-tests.ts';
import { runsOf } from '../../execute/runs.ts';
import { type GuardLauncher, keeperLauncher } from '../../guard/launch.ts';
import { systemdLauncher } from '../../guard/launch-systemd.ts';
import { GuardPost } from '../../guard/post.ts';
import type { Execution, Kernel } from '../../kernel.ts';
import { planHandBack } from '../../managers/hand-back/plan-hand-back.ts';
import { MirroredKernel } from '../../mirror/mirrored-kernel.ts';
import { takeClaim } from '../../persist/claim.ts';
import { Counters } from '../../persist/counters.ts';
import { makeFolder } from '../../persist/disk.ts';
import { Outcomes } from '../../persist/outcomes.ts';
import { bootRestore } from '../boot-restore.ts';
import type { Confirm, Log, TransactionParts } from '../parts.ts';
import { openRestorer } from '../restorer.ts';
import { strayMark } from '../strays.ts';
import { staysSilent } from '../testing.ts';
import { Transactions } from '../transactions.ts';
import { takeTurns } from '../turn.ts';
import { untilWritten } from '../until-written.ts';
import { unwritten } from '../unwritten.ts';
import type { Said, Script } from './script.ts';

const option = { type: 'string', default: '' } as const;
const { values } = parseArgs({ options: { state: option, guard: option, script: option } });
const { state, guard } = values;
const script = values.script === '' ? null : (JSON.parse(readFileSync(values.script, 'utf8')) as Script);

const log: Log = (...said) => console.error(JSON.stringify(said));
const restorer = await openRestorer(state, 'kill-at', log);
const { disk, documents, self } = restorer;
await makeFolder(disk, `${state}/agent`);
if (!(await takeClaim(disk, `${state}/agent`, self))) throw new Error('Another agent is running.');
const counters = new Counters(disk, state);
const { firstOfBoot } = await counters.countStart(self.bootId, unwritten(log, 'the count of starts'));

const kernel = new LinuxKernel({
  dhcp: restorer.clients,
  resolver: new HostResolver(disk, state),
  environment: strayMark(state),
  ...(script?.stepwise === true ? { runs: (ops) => ops.flatMap((op) => runsOf([op])) } : {}),
});
const live = new MirroredKernel(kernel, () => {}, log);
live.start();
const seen = (one: Kernel) => (script?.refuses === undefined ? one : refusing(one, script.refuses));
const guards = new GuardPost(disk, state, guard, launcher());
const parts: TransactionParts = {
  ...restorer,
  kernel: seen(kernel),
  live: seen(live),
  outcomes: await Outcomes.open(disk, state),
  guards,
  confirm: confirmOf(script?.engine ?? 'silent'),
  management: () => script?.connection?.local ?? null,
  connection: () => script?.connection ?? null,
  rescueReboot: script?.rescueReboot ?? false,
  watchdog: script?.watchdog ?? null,
  insist: untilWritten(log),
  turn: takeTurns(),
  settle: (milliseconds) => live.settle(milliseconds),
  rehearse: async () => ({ verdict: 'impossible', reason: 'Not rehearsed by this test.' }),
  handBack: (state, running, wish) => planHandBack(state, running, wish, {}),
};
const transactions = new Transactions(parts, counters, () => {});
await transactions.resume();
guards.standBy();
if (firstOfBoot) {
  await bootRestore(parts);
  await counters.setRestored(self.bootId);
}
await transactions.idle();
if (script !== null && (await transactions.outcome(script.transaction)).state === 'unknown') {
  const accepted = await transactions.apply(requestOf(script));
  if (!accepted.accepted) throw new Error(JSON.stringify(accepted));
  await transactions.idle();
}
const said: Said = {
  ended: script === null ? null : (await transactions.outcome(script.transaction)).ended,
  kernel: JSON.stringify(essence(await restorer.kernel.observe()), null, 1),
  running: await documents.running(),
  committed: await documents.committed(),
  open: await disk.list(`${state}/txn`),
};
live.close();
process.stdout.write(`${JSON.stringify(said)}\n`, () => process.exit(0));

function launcher(): GuardLauncher {
  if (script?.guards === 'systemd') return systemdLauncher(process.execPath);
  return keeperLauncher(process.execPath, `${state}/guard.log`);
}

function requestOf({ transaction, config, confirmTimeout, checkConnectivity, commit }: Script): ApplyRequest {
  return { transaction, epoch: 1, config, nonceHash: '', checkConnectivity, confirmTimeout, commit, rehearse: false };
}

function confirmOf(engine: Script['engine']): Confirm {
  if (engine === 'silent') return staysSilent;
  if (engine === 'confirms') return async () => true;
  return (question, signal) =>
    Promise.race([
      staysSilent(question, signal),
      new Promise<boolean>((resolve) => {
        const look = () => existsSync(`${state}/confirm`) && resolve(true);
        watch(state, look);
        look();
      }),
    ]);
}

/** A kernel that says no to one kind of operation. */
function refusing(inner: Kernel, kind: string): Kernel {
  return {
    observe: (also) => inner.observe(also),
    async execute(ops, betweenRuns): Promise<Execution> {
      const at = ops.findIndex((op) => op.kind === kind);
      if (at < 0) return inner.execute(ops, betweenRuns);
      const before = await inner.execute(ops.slice(0, at), betweenRuns);
      const failed = ops[at];
      return !before.ok || failed === undefined ? before : { ok: false, failed, message: 'Refused by the test.' };
    },
  };
}
