import type { Problem } from '../../problem.ts';
import type { Writer } from '../../store/index.ts';
import type { Actor, Engine } from '../engine.ts';
import { note } from '../note.ts';
import { endSteps, requeueSteps } from './jobs.ts';

/** The code of a host that did not say in time how a change ended: its steps end when it does. */
export const noAnswer = 'NO_ANSWER';

/** What passes by itself: the host is away, in a status in which nothing is changed, or busy. */
const passing: readonly string[] = ['NOT_CONNECTED', 'HOST-02', 'HOST-03'];

/**
 * Steps whose change was refused, or could not be sent. Those that nobody waits for are tried again when what stands in the way
 * may have passed; all others have failed. Steps that have ended already stay as they are.
 */
export async function notCarriedOut(
  tx: Writer,
  engine: Pick<Engine, 'now' | 'newId'>,
  actor: Actor,
  steps: readonly string[],
  problem: Problem,
): Promise<void> {
  if (problem.code === noAnswer) return;
  for (const id of steps) {
    const step = await tx.get('step', id);
    if (step === undefined) continue;
    const background = step.follow !== null;
    if (background && passing.includes(problem.code)) await requeueSteps(tx, engine, [id], problem.detail);
    else if ((await endSteps(tx, engine, actor, [id], 'failed', problem.detail)) > 0 && !background) {
      const host = step.hostId === null ? undefined : await tx.get('host', step.hostId);
      const text = `${step.description} failed: ${problem.detail}`;
      await note(tx, engine, actor, 'HOST_NETWORKS_CHANGE_FAILED', text, host === undefined ? {} : { host });
    }
  }
}
