/** One connection to an engine: WebSocket over mutual TLS 1.3, JSON-RPC in it, dead when nothing has been heard for a while. */
import { agentMethods, engineMethods, type Handlers, RpcPeer } from '@patchbay/protocol';
import { type ClientOptions, WebSocket } from 'ws';
import type { Identity } from '../persist/identity.ts';
import type { Ends } from '../transaction/parts.ts';

/** The name on every engine's certificate, whatever its address. */
export const ENGINE_NAME = 'engine.patchbay';
/** Bytes of one message from an engine. */
const LARGEST = 4 * 1024 * 1024;
/** Milliseconds. */
const PING_EVERY = 15_000;
const DEAD_AFTER = 40_000;

export type AgentHandlers = Handlers<typeof agentMethods>;
export type Credentials = Pick<Identity, 'key' | 'certificate' | 'ca'>;

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
  url: string,
  { key, certificate, ca }: Credentials,
  handlers: AgentHandlers,
  timeout: number,
  how: { signal?: AbortSignal; from?: string | undefined } = {},
): Promise<Connection> {
  const { signal, from } = how;
  const options: ClientOptions & { servername: string } = {
    ...(from === undefined ? {} : { localAddress: from }),
    key,
    cert: certificate,
    ca,
    servername: ENGINE_NAME,
    minVersion: 'TLSv1.3',
    perMessageDeflate: false,
    maxPayload: LARGEST,
  };
  const socket = new WebSocket(url, options);
  const giveUp = (): void => socket.terminate();
  const timer = setTimeout(giveUp, timeout);
  signal?.addEventListener('abort', giveUp);
  let ends: Ends = { local: '', remote: '' };
  socket.once('upgrade', ({ socket: { localAddress, remoteAddress } }) => {
    ends = { local: plain(localAddress), remote: plain(remoteAddress) };
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      // Stays for good: an error is always followed by the end, which is what counts.
      socket.on('error', reject);
      socket.once('close', () => reject(new Error('The connection was given up.')));
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
  return over(socket, handlers, ends);
}

/** IPv4 as such, also where the socket is one of IPv6. */
function plain(address: string | undefined): string {
  return address?.replace(/^::ffff:/, '') ?? '';
}

function over(socket: WebSocket, handlers: AgentHandlers, ends: Ends): Connection {
  const peer = new RpcPeer(agentMethods, handlers, engineMethods, (frame) => socket.send(frame));
  let heard = performance.now();
  const pinger = setInterval(() => {
    if (performance.now() - heard > DEAD_AFTER) socket.terminate();
    else socket.ping();
  }, PING_EVERY);
  const hear = (): void => {
    heard = performance.now();
  };
  socket.on('ping', hear);
  socket.on('pong', hear);
  socket.on('message', (data) => {
    hear();
    void peer.receive(data.toString());
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      clearInterval(pinger);
      peer.close();
      resolve();
    });
  });
  return {
    peer,
    ends,
    closed,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.terminate(),
  };
}
