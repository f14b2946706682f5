import type { Host } from '@patchbay/model';
import { conflict, type Problem } from '../problem.ts';
import type { Engine } from './engine.ts';

/**
 * Runs `work` while nothing else changes or re-reads the host; HOST-03 when its turn does not come in time.
 * @param patience milliseconds
 */
export async function holdHost<T>(
  engine: Engine,
  host: Pick<Host, 'id' | 'name'>,
  work: () => Promise<T>,
  patience = engine.lockPatience,
): Promise<T | Problem> {
  const held = await engine.locks.hold(host.id, patience, work);
  if (held !== null) return held.value;
  return conflict(
    'HOST-03',
    `Another network change or refresh is running on host ${host.name}; it was not over within ${patience / 1000} s. Try again when it has ended. (HOST-03, ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS)`,
  );
}
