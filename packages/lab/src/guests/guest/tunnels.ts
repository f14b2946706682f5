import { createServer } from 'node:net';
import type { Calls } from '../channel/calls.ts';
import { join } from '../channel/join.ts';
import type { Multiplexer } from '../channel/multiplexer.ts';
import type { OutsideMethods } from '../contract.ts';
import { switchAddress } from './addresses.ts';

/** Listens on a port of the management address and carries each connection outside; resolves when it listens. */
export function openTunnel(link: Multiplexer, outside: Calls<OutsideMethods>, port: number): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const lane = link.open();
    void outside.call('connect', { lane: lane.id, port }).catch(() => lane.destroy());
    join(socket, lane);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, switchAddress, () => resolve());
  });
}
