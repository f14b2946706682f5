/** What neighbours of hosts tell, asked when somebody looks. */
import { type LldpNeighbours, RpcError } from '@patchbay/protocol';
import type { Engine } from './engine.ts';

/** Milliseconds that a reader waits for a host that does not answer. */
const patience = 3_000;

/** @returns null when the host cannot say: it has no connection, or an agent that does not listen for neighbours */
export async function hostNeighbours(engine: Engine, hostId: string): Promise<LldpNeighbours | null> {
  if (!engine.hosts.connected(hostId)) return null;
  try {
    return await engine.hosts.call(hostId, 'lldp', {}, patience);
  } catch (error) {
    if (error instanceof RpcError) return null;
    throw error;
  }
}
