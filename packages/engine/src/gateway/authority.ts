/**
 * The engine's own small certificate authority: signs the certificate of the agents' listener and, at enrolment, one
 * client certificate per host with the host's id as a URI in its subjectAltName.
 */
// The certificate library finds its parts through decorators' metadata.
import 'reflect-metadata';
import { X509Certificate as NodeCertificate, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Store } from '../store/index.ts';

x509.cryptoProvider.set(webcrypto);

const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;
/** The name that agents check on the engine's certificate, whatever address they dial. */
export const engineName = 'engine.patchbay';

export interface Authority {
  /** PEM. */
  ca: string;
  /** SHA-256 of the CA certificate's DER, hex; part of every join token. */
  fingerprint: string;
  /** A new PEM pair for the agents' listener. */
  serverPair(): Promise<{ certificate: string; key: string }>;
  /** Signs a host's request. @param csr PKCS#10 PEM @throws when the request is malformed or not signed by its own key */
  signHost(csr: string, hostId: string): Promise<Signed>;
  /** Signs another key of a host that is known by its former one. @param publicKey SubjectPublicKeyInfo, PEM @throws when it is none */
  signAgain(publicKey: string, hostId: string): Promise<Signed>;
}

export interface Signed {
  /** PEM. */
  certificate: string;
  /** Hex. */
  serial: string;
  /** Milliseconds since 1970 from which it is valid. */
  validFrom: number;
}

/** Whom a client certificate speaks for. */
export interface Speaker extends Omit<Signed, 'certificate'> {
  hostId: string;
}

/** Reads the authority from the store, making it at the first start. */
export async function openAuthority(store: Store, now: () => number): Promise<Authority> {
  const kept = await store.get('secret', 'authority');
  const pair: { ca: string; key: string } = kept === undefined ? await makeAuthority(now()) : JSON.parse(kept.value);
  if (kept === undefined) {
    await store.write((tx) => tx.put('secret', { id: 'authority', value: JSON.stringify(pair) }));
  }
  const ca = new x509.X509Certificate(pair.ca);
  const signingKey = await importKey(pair.key);
  const signKey = async (publicKey: x509.PublicKeyType, hostId: string): Promise<Signed> => {
    const certificate = await sign(ca, signingKey, {
      publicKey,
      subject: `CN=${hostId}`,
      names: [{ type: 'url', value: hostUri(hostId) }],
      usage: x509.ExtendedKeyUsage.clientAuth,
      notBefore: now(),
      days: 90,
    });
    const { serialNumber: serial, notBefore } = certificate;
    return { certificate: certificate.toString('pem'), serial, validFrom: notBefore.getTime() };
  };
  return {
    ca: pair.ca,
    fingerprint: Buffer.from(await ca.getThumbprint('SHA-256')).toString('hex'),
    serverPair: () => makeServerPair(ca, signingKey, now()),
    async signHost(csr, hostId) {
      const request = new x509.Pkcs10CertificateRequest(csr);
      if (!(await request.verify())) throw new Error('The certificate request is not signed by its own key.');
      return signKey(request.publicKey, hostId);
    },
    signAgain: (publicKey, hostId) => signKey(new x509.PublicKey(publicKey), hostId),
  };
}

export function hostUri(hostId: string): string {
  return `urn:patchbay:host:${hostId}`;
}

/** Whom a client certificate speaks for, null when for no host. @param der as the TLS layer hands it out */
export function speakerOf(der: Buffer): Speaker | null {
  const certificate = new NodeCertificate(der);
  const uri = /URI:urn:patchbay:host:([0-9a-f-]{36})/.exec(certificate.subjectAltName ?? '');
  if (uri?.[1] === undefined) return null;
  return {
    hostId: uri[1],
    serial: certificate.serialNumber.toLowerCase(),
    validFrom: Date.parse(certificate.validFrom),
  };
}

async function makeAuthority(now: number): Promise<{ ca: string; key: string }> {
  const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: 'CN=Patchbay engine authority',
    notBefore: new Date(now - day),
    notAfter: new Date(now + 3650 * day),
    keys: keys as webcrypto.CryptoKeyPair,
    signingAlgorithm: curve,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { ca: ca.toString('pem'), key: await exportKey(keys.privateKey) };
}

async function makeServerPair(ca: x509.X509Certificate, signingKey: webcrypto.CryptoKey, now: number) {
  const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const certificate = await sign(ca, signingKey, {
    publicKey: keys.publicKey,
    subject: `CN=${engineName}`,
    names: [{ type: 'dns', value: engineName }],
    usage: x509.ExtendedKeyUsage.serverAuth,
    notBefore: now,
    days: 365,
  });
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
}

interface Leaf {
  publicKey: x509.PublicKeyType;
  subject: string;
  names: { type: 'dns' | 'url'; value: string }[];
  usage: x509.ExtendedKeyUsage;
  notBefore: number;
  days: number;
}

function sign(ca: x509.X509Certificate, signingKey: webcrypto.CryptoKey, leaf: Leaf): Promise<x509.X509Certificate> {
  return x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: leaf.subject,
    issuer: ca.subject,
    // A day back, because the clocks of engine and host need not agree.
    notBefore: new Date(leaf.notBefore - day),
    notAfter: new Date(leaf.notBefore + leaf.days * day),
    publicKey: leaf.publicKey,
    signingKey,
    signingAlgorithm: curve,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([leaf.usage]),
      new x509.SubjectAlternativeNameExtension(leaf.names),
    ],
  });
}

function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, curve, false, ['sign']) as Promise<webcrypto.CryptoKey>;
}
