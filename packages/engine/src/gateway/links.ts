/** The agents' listener: one link per host over mutual TLS; the newest connection of a host is its link. */
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
import { type WebSocket, WebSocketServer } from 'ws';
import { type Authority, hostIdOf } from './authority.ts';

const pingEvery = 15_000;
const deadAfter = 40_000;
const maxPayload = 16 * 1024 * 1024;

/** What agents tell; implemented by the operations. */
export interface AgentEvents {
  /** Whether this certificate may speak for this host. */
  admit(hostId: string, serial: string): Promise<boolean>;
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
  /** The host's last link is gone. */
  lost(hostId: string): void;
}

interface Link {
  peer: RpcPeer<typeof engineMethods, typeof agentMethods>;
  socket: WebSocket;
  lastHeard: number;
}

export class AgentLinks {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #events: AgentEvents;
  readonly #links = new Map<string, Link>();
  readonly #pinger: NodeJS.Timeout;

  constructor(authority: Authority, events: AgentEvents) {
    this.#events = events;
    this.#server = createServer({
      cert: authority.server.certificate,
      key: authority.server.key,
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    });
    this.#sockets = new WebSocketServer({ server: this.#server, maxPayload, perMessageDeflate: false });
    this.#sockets.on('connection', (socket, request) => void this.#accept(socket, request));
    // A refused handshake is the other side's trouble.
    this.#server.on('tlsClientError', () => undefined);
    this.#pinger = setInterval(() => this.#ping(), pingEvery);
    this.#pinger.unref();
  }

  /** @returns the port that was bound */
  listen(address: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
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

  /** Ends a host's link, for example because the host was removed or no longer answers. */
  drop(hostId: string): void {
    const link = this.#links.get(hostId);
    if (link === undefined) return;
    link.socket.terminate();
    // Not only when the socket has noticed: who asks next must hear that there is no connection.
    this.#closed(hostId, link);
  }

  async close(): Promise<void> {
    clearInterval(this.#pinger);
    for (const { socket } of this.#links.values()) socket.terminate();
    for (const socket of this.#sockets.clients) socket.terminate();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #accept(socket: WebSocket, request: IncomingMessage): Promise<void> {
    socket.on('error', () => socket.terminate());
    const frames: string[] = [];
    // Frames that arrive while the certificate is being looked up wait their turn.
    let receive: (frame: string) => void = (frame) => frames.push(frame);
    socket.on('message', (data) => receive(data.toString()));
    const certificate = (request.socket as TLSSocket).getPeerCertificate();
    const identity = certificate.raw === undefined ? null : hostIdOf(certificate.raw);
    if (identity === null || !(await this.#events.admit(identity.hostId, identity.serial))) {
      socket.close(4003, 'This certificate may not speak for a host here.');
      return;
    }
    const { hostId } = identity;
    const link: Link = {
      socket,
      lastHeard: Date.now(),
      peer: new RpcPeer(
        engineMethods,
        this.#handlers(hostId, () => this.#adopt(hostId, link)),
        agentMethods,
        (frame) => socket.send(frame),
      ),
    };
    receive = (frame) => {
      link.lastHeard = Date.now();
      void link.peer.receive(frame);
    };
    socket.on('pong', () => {
      link.lastHeard = Date.now();
    });
    socket.on('close', () => this.#closed(hostId, link));
    for (const frame of frames) receive(frame);
  }

  #handlers(hostId: string, adopt: () => void) {
    const handlers: {
      [K in EngineMethod]: (p: Params<typeof engineMethods, K>) => Promise<Result<typeof engineMethods, K>>;
    } = {
      hello: async (params) => {
        if (params.protocol > PROTOCOL_VERSION || params.protocol < PROTOCOL_VERSION - 1) {
          throw new Error(`Protocol ${params.protocol} is not spoken here; this engine speaks ${PROTOCOL_VERSION}.`);
        }
        adopt();
        const { repair } = await this.#events.hello(hostId, params);
        return { engine: 'patchbay', protocol: PROTOCOL_VERSION, repair };
      },
      confirm: async ({ transaction }) => ({ nonce: await this.#events.confirm(hostId, transaction) }),
      ended: async (result) => {
        await this.#events.ended(hostId, result);
        return {};
      },
      changed: async ({ report, events = [] }) => {
        await this.#events.changed(hostId, report, events);
        return {};
      },
    };
    return handlers;
  }

  #adopt(hostId: string, link: Link): void {
    const former = this.#links.get(hostId);
    if (former === link) return;
    this.#links.set(hostId, link);
    former?.socket.terminate();
  }

  #closed(hostId: string, link: Link): void {
    link.peer.close();
    if (this.#links.get(hostId) !== link) return;
    this.#links.delete(hostId);
    this.#events.lost(hostId);
  }

  #ping(): void {
    for (const { socket, lastHeard } of this.#links.values()) {
      if (Date.now() - lastHeard > deadAfter) socket.terminate();
      else socket.ping();
    }
  }
}
