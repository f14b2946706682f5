/** A channel to an engine: WebSocket over mutual TLS 1.3, dead when nothing has been heard for a while. */
import { type ClientOptions, WebSocket } from 'ws';
import type { Ends } from '../transaction/parts.ts';
import type { Channel, Credentials, OpenChannel } from './channel.ts';

/** The name on every engine's certificate, whatever its address. */
export const ENGINE_NAME = 'engine.patchbay';
/** Bytes of one message from an engine. */
const LARGEST = 4 * 1024 * 1024;
/** Milliseconds. */
const PING_EVERY = 15_000;
const DEAD_AFTER = 40_000;

export const webSockets =
  ({ key, certificate, ca }: Credentials): OpenChannel =>
  async (url, hear, timeout, { signal, from } = {}) => {
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
    return over(socket, hear, ends);
  };

/** IPv4 as such, also where the socket is one of IPv6. */
function plain(address: string | undefined): string {
  return address?.replace(/^::ffff:/, '') ?? '';
}

function over(socket: WebSocket, hear: (frame: string) => void, ends: Ends): Channel {
  let heard = performance.now();
  const pinger = setInterval(() => {
    if (performance.now() - heard > DEAD_AFTER) socket.terminate();
    else socket.ping();
  }, PING_EVERY);
  const alive = (): void => {
    heard = performance.now();
  };
  socket.on('ping', alive);
  socket.on('pong', alive);
  socket.on('message', (data) => {
    alive();
    hear(data.toString());
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      clearInterval(pinger);
      resolve();
    });
  });
  return {
    ends,
    closed,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    send: (frame) => socket.send(frame),
    close: () => socket.terminate(),
  };
}
