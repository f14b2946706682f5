/**
 * A rehearsal: before the first kernel operation, the plan runs in a network namespace that nobody else sees, on stand-ins. What
 * the kernel refuses there it would have refused on the host, in the middle of the change.
 */
import type { KernelOp } from '@patchbay/protocol';
import { type BatchExecution, Batches, isBatched } from '../execute/batches.ts';
import { IpBatch } from '../execute/ip-batch.ts';
import { runsOf } from '../execute/runs.ts';
import { Child } from '../execute/spawn.ts';
import type { KernelState } from '../kernel.ts';
import { rehearsalOf } from './stand-ins.ts';

export type Rehearsed =
  | { verdict: 'accepted' }
  | { verdict: 'refused'; op: KernelOp; message: string }
  /** Nothing is known: the namespace or a stand-in could not be made. */
  | { verdict: 'impossible'; reason: string };

/** Milliseconds for the namespace to be there. */
const STAGE_LIMIT = 5_000;
/** Milliseconds for the stand-ins of nics. */
const NICS_LIMIT = 20_000;

/** Takes the time of the plan's own steps once more, and that of some process starts. Never rejects; leaves nothing behind. */
export async function rehearse(
  before: KernelState,
  plan: readonly KernelOp[],
  environment: Readonly<Record<string, string>>,
): Promise<Rehearsed> {
  const { nics, setUp, ops } = rehearsalOf(before, plan);
  if (ops.length === 0) return { verdict: 'accepted' };
  // The namespace lives as long as this process, which ends with its input.
  const stage = new Child('unshare', ['--net', '--', 'cat'], environment);
  stage.write('\n');
  const isThere = await stage.hears(1, STAGE_LIMIT);
  const { pid } = stage;
  try {
    if (!isThere || pid === undefined) {
      return impossible(`no network namespace: ${(await stage.ended).stderr.trim()}`);
    }
    const within = ['nsenter', `--net=/proc/${pid}/ns/net`, '--'];
    await keepAddresses(environment, within);
    const made = await makeNics(nics, environment, within);
    if (made !== null) return impossible(`no stand-in for a nic: ${made}`);
    const batches = new Batches([...setUp, ...ops], environment, within);
    try {
      const scene = await play(setUp, batches);
      if (!scene.ok) return impossible(`no stand-in for what is there now: ${scene.message}`);
      const played = await play(ops, batches);
      return played.ok ? { verdict: 'accepted' } : { verdict: 'refused', op: played.failed, message: played.message };
    } finally {
      await batches.end();
    }
  } catch (error) {
    return impossible(String(error));
  } finally {
    stage.end();
    await stage.ended;
  }
}

/**
 * Settings are not played, and one of them decides whether addresses outlive a link that goes down and up. Where a plan does not
 * count on it, it gives the addresses again, which hurts nobody.
 */
async function keepAddresses(
  environment: Readonly<Record<string, string>>,
  [program = '', ...args]: readonly string[],
): Promise<void> {
  const tee = new Child(program, [...args, 'tee', '/proc/sys/net/ipv6/conf/all/keep_addr_on_down'], environment);
  tee.write('1\n');
  tee.end();
  await tee.ended;
}

async function play(ops: readonly KernelOp[], batches: Batches): Promise<BatchExecution> {
  for (const run of runsOf(ops).filter(isBatched)) {
    const result = await batches.run(run);
    if (!result.ok) return result;
  }
  return { ok: true };
}

async function makeNics(
  lines: readonly string[],
  environment: Readonly<Record<string, string>>,
  within: readonly string[],
): Promise<string | null> {
  const batch = new IpBatch([], environment, NICS_LIMIT, within);
  const result = await batch.run(lines);
  await batch.end();
  return result.ok ? null : result.message;
}

function impossible(reason: string): Rehearsed {
  return { verdict: 'impossible', reason };
}
