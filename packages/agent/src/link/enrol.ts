/** Joining an engine: a token that can be used once buys a client certificate for a key that never leaves this host. */
import 'reflect-metadata';
import { createHash, webcrypto, X509Certificate } from 'node:crypto';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { EnrolAnswer, type EnrolRequest } from '@patchbay/protocol';
import * as x509 from '@peculiar/x509';
import * as z from 'zod/mini';
import type { Disk } from '../persist/disk.ts';
import type { Identity } from '../persist/identity.ts';
import { EnrolRefused } from './enrol-refused.ts';
import { type Join, keepIdentity } from './keep-identity.ts';
import { ENGINE_NAME } from './web-socket.ts';

export { EnrolRefused, type Join };

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Milliseconds for the engine to answer. */
const TIMEOUT = 15_000;
/** Bytes of an answer. */
const LARGEST = 256 * 1024;

/** Joins an engine and keeps what it gave. @throws as {@link requestIdentity} */
export function enrol(disk: Disk, stateDirectory: string, join: Join): Promise<Identity> {
  return keepIdentity(disk, stateDirectory, join, requestIdentity);
}

/**
 * Asks an engine for an identity; nothing is kept here. @throws EnrolRefused when token, answer or certificate are
 * wrong; other errors when the engine cannot be reached
 */
export async function requestIdentity(join: Join, machineId: string): Promise<Identity> {
  const fingerprint = /\.([0-9a-f]{64})$/.exec(join.token)?.[1];
  if (fingerprint === undefined) throw new EnrolRefused('The join token does not end in the fingerprint of a CA.');
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=patchbay-agent',
    keys,
    signingAlgorithm: CURVE,
  });
  const body: EnrolRequest = { token: join.token, name: join.name, machineId, csr: csr.toString('pem') };
  const answer = z.safeParse(EnrolAnswer, JSON.parse(await post(join.url, JSON.stringify(body), fingerprint)));
  if (!answer.success)
    throw new EnrolRefused(`The engine's answer is not understood: ${z.prettifyError(answer.error)}`);
  const { hostId, certificate, ca, engines } = answer.data;
  const publicKey = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  check(certificate, ca, fingerprint, publicKey);
  const key = pem('PRIVATE KEY', Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)));
  return { hostId, name: join.name, key, certificate, ca, engines };
}

function check(certificate: string, ca: string, fingerprint: string, publicKey: Buffer): void {
  const authority = new X509Certificate(ca);
  if (sha256(authority.raw) !== fingerprint) throw new EnrolRefused("The engine's CA is not the one the token names.");
  const own = new X509Certificate(certificate);
  if (!own.verify(authority.publicKey)) throw new EnrolRefused('The certificate is not signed by the CA it came with.');
  if (!own.publicKey.export({ type: 'spki', format: 'der' }).equals(publicKey)) {
    throw new EnrolRefused('The certificate is for another key.');
  }
}

function post(url: string, body: string, fingerprint: string): Promise<string> {
  const options: RequestOptions = {
    method: 'POST',
    timeout: TIMEOUT,
    // A session that is resumed shows no certificate to vouch for.
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  };
  return new Promise((resolve, reject) => {
    // The system need not know the engine's own CA. Nothing is sent before the token's fingerprint has vouched for it.
    const secure = url.startsWith('https:');
    const request = secure ? httpsRequest(url, { ...options, rejectUnauthorized: false }) : httpRequest(url, options);
    request.on('timeout', () => request.destroy(new Error(`No answer from ${url} in time.`)));
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LARGEST) request.destroy(new Error('The answer is too long.'));
      });
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(text);
        else if (statusCode >= 500) reject(new Error(`The engine answered ${statusCode}.`));
        else reject(new EnrolRefused(`The engine answered ${statusCode}: ${text.slice(0, 300)}`));
      });
    });
    if (!secure) return request.end(body);
    request.on('socket', (socket) => {
      socket.once('secureConnect', () => {
        if (vouchedFor(socket as TLSSocket, fingerprint)) request.end(body);
        else
          request.destroy(new EnrolRefused(`The server at ${url} is neither known to this system nor by the token.`));
      });
    });
  });
}

/** Whether the system trusts the server, or it is an engine by the CA that the token names, which signs for hosts as well. */
function vouchedFor(socket: TLSSocket, fingerprint: string): boolean {
  if (socket.authorized) return true;
  const leaf = socket.getPeerCertificate(true);
  const issuer = leaf.issuerCertificate;
  if (issuer?.raw === undefined || sha256(issuer.raw) !== fingerprint) return false;
  const server = new X509Certificate(leaf.raw);
  return server.verify(new X509Certificate(issuer.raw).publicKey) && server.checkHost(ENGINE_NAME) !== undefined;
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END ${label}-----\n`;
}
