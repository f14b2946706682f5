/** One connection to an engine: JSON-RPC over a channel. */
import { agentMethods, engineMethods, type Handlers, RpcPeer } from '@patchbay/protocol';
import type { OpenChannel } from './channel.ts';

export type AgentHandlers = Handlers<typeof agentMethods>;

export interface Connection {
  peer: RpcPeer<typeof agentMethods, typeof engineMethods>;
  /** Address of this host in it. */
  localAddress: string | null;
  /** Resolves when it is over. */
  closed: Promise<void>;
  isOpen(): boolean;
  close(): void;
}

/**
 * @param url `wss://address:port`
 * @param timeout milliseconds until the engine must have answered
 * @throws when there is no connection in time, or the engine is not ours
 */
export async function dial(
  open: OpenChannel,
  url: string,
  handlers: AgentHandlers,
  timeout: number,
  signal?: AbortSignal,
): Promise<Connection> {
  let send = (_frame: string): void => {};
  const peer = new RpcPeer(agentMethods, handlers, engineMethods, (frame) => send(frame));
  const channel = await open(url, (frame) => void peer.receive(frame), timeout, signal);
  send = (frame) => channel.send(frame);
  void channel.closed.then(() => peer.close());
  return {
    peer,
    localAddress: channel.localAddress,
    closed: channel.closed,
    isOpen: () => channel.isOpen(),
    close: () => channel.close(),
  };
}
