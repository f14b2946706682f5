/** One connection to an engine: JSON-RPC over a channel. */
import { agentMethods, engineMethods, type Handlers, RpcPeer } from '@patchbay/protocol';
import type { Ends } from '../transaction/parts.ts';
import type { OpenChannel } from './channel.ts';

export type AgentHandlers = Handlers<typeof agentMethods>;

export interface Connection {
  peer: RpcPeer<typeof agentMethods, typeof engineMethods>;
  ends: Ends;
  /** Resolves when it is over. */
  closed: Promise<void>;
  isOpen(): boolean;
  close(): void;
}

/**
 * @param url `wss://address:port`
 * @param timeout milliseconds until the engine must have answered
 * @param how `signal` gives up; `from` is the address of this host to use, whichever the kernel takes when absent
 * @throws when there is no connection in time, or the engine is not ours
 */
export async function dial(
  open: OpenChannel,
  url: string,
  handlers: AgentHandlers,
  timeout: number,
  how: { signal?: AbortSignal; from?: string | undefined } = {},
): Promise<Connection> {
  let send = (_frame: string): void => {};
  let close = (): void => {};
  const peer = new RpcPeer(agentMethods, handlers, engineMethods, (frame) => send(frame));
  const channel = await open(url, (frame) => void peer.receive(frame).catch(() => close()), timeout, how);
  send = (frame) => channel.send(frame);
  close = () => channel.close();
  void channel.closed.then(() => peer.close());
  return {
    peer,
    ends: channel.ends,
    closed: channel.closed,
    isOpen: () => channel.isOpen(),
    close,
  };
}
