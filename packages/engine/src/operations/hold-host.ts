import type { Host } from '@patchbay/model';
import { conflict, type Problem } from '../problem.ts';
import type { Engine } from './engine.ts';

/** Runs `work` while nothing else changes or re-reads the host; HOST-03 when its turn does not come in time. */
export async function holdHost<T>(
  engine: Engine,
  host: Pick<Host, 'id' | 'name'>,
  work: () => Promise<T>,
): Promise<T | Problem> {
  const held = await engine.locks.hold(host.id, engine.lockPatience, work);
  if (held !== null) return held.value;
  return conflict(
    'HOST-03',
    `Another network change or refresh is running on host ${host.name}; it was not over within ${engine.lockPatience / 1000} s. Try again when it has ended. (HOST-03, ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS)`,
  );
}
