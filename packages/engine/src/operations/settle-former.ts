/** A change whose end was never heard: the host is asked before anything rests on what is stored of it. */
import type { Host } from '@patchbay/model';
import { RpcError } from '@patchbay/protocol';
import { conflict, hostFailed, notConnected, type Problem } from '../problem.ts';
import type { Engine } from './engine.ts';
import { finishChange, type PendingChange } from './finish-change.ts';
import { readAnew } from './record-between-changes.ts';

const callTimeout = 20_000;

/**
 * Brings it to its end, so that the store holds what the host has kept. Call under the host's lock.
 * @returns a problem when the host is busy with it still, or does not say
 */
export async function settleFormer(
  engine: Engine,
  { id: hostId, name: hostName }: Pick<Host, 'id' | 'name'>,
): Promise<Problem | null> {
  const task = await engine.store.runningTask(hostId);
  if (task === undefined) return null;
  try {
    const { state, result } = await engine.hosts.call(hostId, 'outcome', { transaction: task.id }, callTimeout);
    if (state === 'running') {
      return conflict(
        'HOST-03',
        `Host ${hostName} is still busy with an earlier change (${task.id}). Try again when it has ended. (HOST-03, ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS)`,
      );
    }
    await finishChange(engine, hostId, JSON.parse(task.pending) as PendingChange, result, task.id);
    if (result === null) await readAnew(engine, hostId);
    return null;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (!error.answered) return notConnected(hostName);
    return hostFailed(502, 'HOST', `Host ${hostName} did not say how an earlier change ended: ${error.message}`);
  }
}
