/** What hosts count, asked when somebody looks. */
import { type HostStatistics, RpcError } from '@patchbay/protocol';
import type { Engine } from './engine.ts';

/** Milliseconds that a reader waits for a host that does not answer. */
const patience = 3_000;

/** @returns null when the host cannot say: it has no connection, or an agent that does not count */
export async function hostStatistics(engine: Engine, hostId: string): Promise<HostStatistics | null> {
  if (!engine.hosts.connected(hostId)) return null;
  try {
    return await engine.hosts.call(hostId, 'statistics', {}, patience);
  } catch (error) {
    if (error instanceof RpcError) return null;
    throw error;
  }
}
