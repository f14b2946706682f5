/** The agents' listener: one link per host over mutual TLS; the newest connection of a host is its link. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import {
  type AgentMethod,
  agentMethods,
  type EngineMethod,
  engineMethods,
  type HostEvent,
  type Params,
  PROTOCOL_VERSION,
  type RepairClass,
  type Result,
  RpcError,
  RpcPeer,
} from '@patchbay/protocol';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Authority, type Speaker, speakerOf } from './authority.ts';

const pingEvery = 15_000;
const answerWithin = 2_000;
const renewEvery = 24 * 3600_000;
/** A link is dead when so many pings in a row were followed by silence. */
const deadAfter = 2;
/** Pings that a connection outlives without being the link of its host. */
const greetWithin = 8;
/** Bytes of one message. */
const maxPayload = 16 * 1024 * 1024;
/** Requests of a host that are worked on at once; what comes after them stays in its hands. */
const atOnce = 8;
/** Bytes that may wait for a host to read them before another message is sent, which may be large itself. */
const mostUnsent = 8 * 1024 * 1024;

/**
 * How a machine whose disk is a copy of another's becomes a host of its own: a token names the host, and by its id the machine.
 * Agents show the first three hundred characters of an answer.
 */
export const asHostOfItsOwn =
  'stop its agent, remove identity.json and machine-id.json of /var/lib/patchbay, and set a token for another name in /etc/patchbay/agent.env';

/** What agents tell; implemented by the operations. */
export interface AgentEvents {
  /** Whether this certificate may speak for its host. */
  admit(speaker: Speaker): Promise<boolean>;
  /** @returns what the host may put right by itself */
  hello(hostId: string, params: Params<typeof engineMethods, 'hello'>): Promise<{ repair: RepairClass[] }>;
  /** @returns the nonce, or null when the change is no longer wanted */
  confirm(hostId: string, transaction: string): Promise<string | null>;
  ended(hostId: string, result: Params<typeof engineMethods, 'ended'>): Promise<void>;
  changed(
    hostId: string,
    report: Params<typeof engineMethods, 'changed'>['report'],
    events: readonly HostEvent[],
  ): Promise<void>;
  /** @param speaker as it is known now @returns a certificate for its other key, PEM @throws when that is none, or it may not speak any more */
  renew(speaker: Speaker, publicKey: string): Promise<string>;
  /** Another machine has greeted as this host, whose own one is there. */
  doubled(hostId: string, bootId: string): void;
  /** The host's last link is gone. */
  lost(hostId: string): void;
}

/** A connection by the certificate of a host, whether or not it is the host's link. */
interface Link {
  hostId: string;
  peer: RpcPeer<typeof engineMethods, typeof agentMethods>;
  socket: WebSocket;
  /** Of the machine that has greeted; null before. */
  bootId: string | null;
  /** Pings since it was last heard. No clock is asked, so that it counts for nothing how long this process itself was held up. */
  unanswered: number;
  /** Pings since it was opened. */
  age: number;
  /** Messages that are worked on. */
  underWay: number;
}

export class AgentLinks {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #events: AgentEvents;
  /** By host. */
  readonly #links = new Map<string, Link>();
  /** All of every host: those that have not greeted, or are being looked up, as well. */
  readonly #open = new Set<Link>();
  readonly #pinger: NodeJS.Timeout;
  readonly #renewer: NodeJS.Timeout;
  readonly #authority: Authority;
  readonly #log: Logger;

  constructor(authority: Authority, events: AgentEvents, log: Logger) {
    this.#events = events;
    this.#authority = authority;
    this.#log = log;
    this.#server = createServer({
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    });
    this.#sockets = new WebSocketServer({ server: this.#server, maxPayload, perMessageDeflate: false });
    this.#sockets.on('connection', (socket, request) => {
      this.#accept(socket, request).catch((error: unknown) => this.#end(socket, error));
    });
    // A host whose certificate has ended gets no further than here, and nobody else would say so.
    this.#server.on('tlsClientError', (error, { remoteAddress }) =>
      log.warn({ from: remoteAddress, reason: error.message }, 'a connection to the agents’ listener was refused'),
    );
    this.#pinger = setInterval(() => this.#ping(), pingEvery);
    this.#pinger.unref();
    this.#renewer = setInterval(
      () =>
        void this.#present().catch((err) =>
          this.#log.error({ err }, 'the certificate of the agents’ listener is not new'),
        ),
      renewEvery,
    );
    this.#renewer.unref();
  }

  /** @returns the port that was bound @throws when it cannot listen there */
  async listen(address: string, port: number): Promise<number> {
    await this.#present();
    return new Promise((resolve, reject) => {
      // Errors of the server are handed on to it.
      this.#sockets.once('error', reject);
      this.#server.listen(port, address, () => {
        const bound = this.#server.address();
        resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
      });
    });
  }

  connected(hostId: string): boolean {
    return this.#links.has(hostId);
  }

  /** Calls a method of a host's agent. @param timeout milliseconds @throws RpcError */
  call<K extends AgentMethod>(
    hostId: string,
    method: K,
    params: Params<typeof agentMethods, K>,
    timeout: number,
  ): Promise<Result<typeof agentMethods, K>> {
    const link = this.#links.get(hostId);
    if (link === undefined) return Promise.reject(new RpcError('closed', 'The host has no connection to the engine.'));
    return link.peer.call(method, params, timeout);
  }

  /** Ends a host's connections, for example because the host was removed, has joined anew or no longer answers. */
  drop(hostId: string): void {
    for (const link of this.#open) {
      if (link.hostId !== hostId) continue;
      link.socket.terminate();
      // Not only when the socket has noticed: who asks next must hear that there is no connection.
      this.#closed(link);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#pinger);
    clearInterval(this.#renewer);
    for (const socket of this.#sockets.clients) socket.terminate();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Shows agents a new certificate from now on: an engine may run for longer than one lasts. */
  async #present(): Promise<void> {
    const { certificate, key } = await this.#authority.serverPair();
    this.#server.setSecureContext({ cert: certificate, key, ca: this.#authority.ca, minVersion: 'TLSv1.3' });
  }

  async #accept(socket: WebSocket, request: IncomingMessage): Promise<void> {
    socket.on('error', () => socket.terminate());
    const certificate = (request.socket as TLSSocket).getPeerCertificate();
    const speaker = certificate.raw === undefined ? null : speakerOf(certificate.raw);
    const link = speaker && this.#opened(socket, speaker);
    // Frames that arrive while the certificate is being looked up wait their turn.
    socket.pause();
    const admitted = speaker !== null && (await this.#events.admit(speaker));
    socket.resume();
    if (link === null || !admitted) {
      this.#log.warn(
        { from: request.socket.remoteAddress, hostId: speaker?.hostId },
        'an agent may not speak for a host: it has joined anew elsewhere, or was removed',
      );
      socket.close(4003, 'This certificate may not speak for a host here.');
      return;
    }
    socket.on('message', (data) => void this.#receive(link, data.toString()));
  }

  /** It can be dropped from now on, before it is known whether it may speak. */
  #opened(socket: WebSocket, speaker: Speaker): Link {
    const handlers = this.#handlers(speaker, () => link);
    const link: Link = {
      ...{ hostId: speaker.hostId, socket, bootId: null, unanswered: 0, age: 0, underWay: 0 },
      peer: new RpcPeer(engineMethods, handlers, agentMethods, (frame) => {
        if (this.#hasRoom(link)) socket.send(frame);
      }),
    };
    this.#open.add(link);
    socket.on('pong', () => {
      link.unanswered = 0;
    });
    socket.on('close', () => this.#closed(link));
    return link;
  }

  async #receive(link: Link, frame: string): Promise<void> {
    const { peer, socket } = link;
    link.unanswered = 0;
    link.underWay += 1;
    if (link.underWay > atOnce) socket.pause();
    try {
      await peer.receive(frame);
    } catch (error) {
      this.#end(socket, error);
    } finally {
      link.underWay -= 1;
      if (link.underWay <= atOnce) socket.resume();
    }
  }

  /** Whether more may be sent. The connection of a host that asks and does not read is ended; of one that pings, by ws itself. */
  #hasRoom({ hostId, socket }: Link): boolean {
    if (socket.bufferedAmount <= mostUnsent) return true;
    this.#log.warn({ hostId }, 'a connection of an agent was ended: it does not read what it is sent');
    socket.terminate();
    return false;
  }

  /** A connection on which something failed costs nothing but itself. */
  #end(socket: WebSocket, error: unknown): void {
    this.#log.error({ err: error }, 'a connection of an agent was ended by a defect');
    socket.terminate();
  }

  #handlers(speaker: Speaker, own: () => Link) {
    const { hostId } = speaker;
    const ofTheLink =
      <P, R>(answer: (params: P) => Promise<R>) =>
      async (params: P): Promise<R> => {
        if (this.#links.get(hostId) === own()) return answer(params);
        throw new Error(
          'This connection is not the link of its host: it has to say hello first, and is the link until another one does.',
        );
      };
    const handlers: {
      [K in EngineMethod]: (p: Params<typeof engineMethods, K>) => Promise<Result<typeof engineMethods, K>>;
    } = {
      hello: async (params) => {
        if (params.protocol > PROTOCOL_VERSION || params.protocol < PROTOCOL_VERSION - 1) {
          throw new Error(`Protocol ${params.protocol} is not spoken here; this engine speaks ${PROTOCOL_VERSION}.`);
        }
        await this.#adopt(own(), params.bootId);
        const { repair } = await this.#events.hello(hostId, params);
        return { engine: 'patchbay', protocol: PROTOCOL_VERSION, repair };
      },
      confirm: ofTheLink(async ({ transaction }) => ({ nonce: await this.#events.confirm(hostId, transaction) })),
      ended: ofTheLink(async (result) => {
        await this.#events.ended(hostId, result);
        return {};
      }),
      changed: ofTheLink(async ({ report, events = [] }) => {
        await this.#events.changed(hostId, report, events);
        return {};
      }),
      renew: ofTheLink(async ({ publicKey }) => ({ certificate: await this.#events.renew(speaker, publicKey) })),
    };
    return handlers;
  }

  /** @throws when another machine has the host's link, and is there; when the connection has ended */
  async #adopt(link: Link, bootId: string): Promise<void> {
    const { hostId } = link;
    link.bootId = bootId;
    const holder = this.#links.get(hostId);
    // Before a boot can be another one, the former must have ended: else these are two machines, as when a disk was copied.
    if (holder !== undefined && holder.bootId !== bootId && (await answers(holder.socket))) {
      this.#events.doubled(hostId, bootId);
      throw new Error(
        `Another machine is connected as this host. If this one is the copy of a disk, ${asHostOfItsOwn}.`,
      );
    }
    if (!this.#open.has(link)) throw new Error('This connection has ended.');
    const former = this.#links.get(hostId);
    if (former === link) return;
    this.#links.set(hostId, link);
    former?.socket.terminate();
  }

  #closed(link: Link): void {
    const { hostId } = link;
    this.#open.delete(link);
    link.peer.close();
    if (this.#links.get(hostId) !== link) return;
    this.#links.delete(hostId);
    this.#events.lost(hostId);
  }

  #ping(): void {
    for (const link of this.#open) {
      // It waits for us, and its answer could not be heard.
      if (link.socket.isPaused) continue;
      const idle = link.age >= greetWithin && this.#links.get(link.hostId) !== link;
      if (idle || link.unanswered === deadAfter) link.socket.terminate();
      else {
        link.age += 1;
        link.unanswered += 1;
        link.socket.ping();
      }
    }
  }
}

/** Whether the other side is there now. One that waits for us is: what it answers could not be heard. */
async function answers(socket: WebSocket): Promise<boolean> {
  const known = new AbortController();
  const signal = AbortSignal.any([known.signal, AbortSignal.timeout(answerWithin)]);
  const heard = ['pong', 'message'].map((event) => once(socket, event, { signal }).then(() => true));
  const end = once(socket, 'close', { signal }).then(() => false);
  socket.ping();
  try {
    return await Promise.race([...heard, end]);
  } catch {
    return socket.isPaused;
  } finally {
    known.abort();
  }
}
