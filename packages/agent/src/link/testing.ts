/** For tests: an engine of a few lines, with a real authority, a real listener and a real enrolment. */
import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  agentMethods,
  type EnrolAnswer,
  EnrolRequest,
  engineMethods,
  type Handlers,
  RpcPeer,
} from '@patchbay/protocol';
import * as x509 from '@peculiar/x509';
import { WebSocketServer } from 'ws';
import * as z from 'zod/mini';

x509.cryptoProvider.set(webcrypto);
const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;

type Keys = webcrypto.CryptoKeyPair;
export type EngineHandlers = Handlers<typeof engineMethods>;
export type EnginePeer = RpcPeer<typeof engineMethods, typeof agentMethods>;

export interface TestAuthority {
  ca: x509.X509Certificate;
  fingerprint: string;
  sign(publicKey: x509.PublicKeyType, name: string): Promise<string>;
}

export async function openTestAuthority(): Promise<TestAuthority> {
  const keys = (await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])) as Keys;
  const times = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=test authority',
    ...times,
    keys,
    signingAlgorithm: CURVE,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return {
    ca,
    fingerprint: createHash('sha256').update(Buffer.from(ca.rawData)).digest('hex'),
    async sign(publicKey, name) {
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: '02',
        subject: `CN=${name}`,
        issuer: ca.subject,
        ...times,
        publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: CURVE,
        extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
      });
      return certificate.toString('pem');
    },
  };
}

/** A key and the certificate for a name. */
export async function makePair(authority: TestAuthority, name: string): Promise<{ key: string; cert: string }> {
  const keys = (await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])) as Keys;
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`,
    cert: await authority.sign(keys.publicKey, name),
  };
}

export interface TestEngine {
  url: string;
  /** One per connection, in the order in which they were opened. */
  peers: EnginePeer[];
  /** Takes no new connection any more; those that are open stay. */
  refuse(): void;
  /** Ends every connection, as a network that is cut. */
  cut(): void;
  close(): Promise<void>;
}

/** @param handlers made anew for each connection, which is numbered from 1 */
export async function startTestEngine(
  authority: TestAuthority,
  handlers: (connection: number) => EngineHandlers,
  name = 'engine.patchbay',
): Promise<TestEngine> {
  const pair = await makePair(authority, name);
  const server = createHttps({
    ...pair,
    ca: authority.ca.toString('pem'),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
  });
  const sockets = new WebSocketServer({ server });
  const peers: EnginePeer[] = [];
  sockets.on('connection', (socket) => {
    const peer = new RpcPeer(engineMethods, handlers(peers.length + 1), agentMethods, (frame) => socket.send(frame));
    peers.push(peer);
    socket.on('message', (data) => void peer.receive(data.toString()));
    socket.on('error', () => {});
    socket.on('close', () => peer.close());
  });
  const cut = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    url: `wss://127.0.0.1:${await listen(server)}`,
    peers,
    refuse: () => server.close(),
    cut,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The enrolment of an engine's API listener. @param secure serve it over TLS, with the authority's own certificate */
export async function startTestEnrolment(
  authority: TestAuthority,
  answer: (request: EnrolRequest) => Promise<EnrolAnswer> | number,
  secure: boolean,
  name = 'engine.patchbay',
): Promise<{ url: string; close(): void }> {
  const listener: Parameters<typeof createHttp>[1] = (request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', async () => {
      const reply = answer(z.parse(EnrolRequest, JSON.parse(text)));
      if (typeof reply === 'number') response.writeHead(reply).end('{"error":"no"}');
      else response.end(JSON.stringify(await reply));
    });
  };
  const pair = await makePair(authority, name);
  const ca = authority.ca.toString('pem');
  const server = secure ? createHttps({ ...pair, cert: `${pair.cert}\n${ca}` }, listener) : createHttp(listener);
  const port = await listen(server);
  return { url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}/patchbay/enrol`, close: () => server.close() };
}

function listen(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
