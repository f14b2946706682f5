/** The certificate of this host, renewed over the link long before it ends: without one no engine can be reached, nor a change confirmed. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { Log } from '../transaction/parts.ts';
import type { Credentials } from './channel.ts';

/** Milliseconds between two looks; a certificate lasts for months. */
const LOOK_EVERY = 6 * 3600_000;
/** Part of a certificate's time after which it is renewed. */
const USED = 2 / 3;

export interface RenewalParts {
  credentials: Credentials;
  /** Asks an engine, over the link. @param publicKey PEM @returns the certificate, PEM @throws when no engine has answered */
  ask(publicKey: string): Promise<string>;
  /** On disk when it resolves. */
  keep(credentials: Credentials): Promise<void>;
  now(): number;
  log: Log;
}

export class Renewal {
  readonly #parts: RenewalParts;
  readonly #timer: NodeJS.Timeout;
  #credentials: Credentials;
  #renewing: Promise<void> | null = null;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
    this.#credentials = parts.credentials;
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY);
    this.#timer.unref();
  }

  /** What this host shows an engine from now on. */
  credentials(): Credentials {
    return this.#credentials;
  }

  /** Renews the certificate when it is time; what does not succeed is tried at the next look. */
  look(): Promise<void> {
    this.#renewing ??= this.#look().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { ask, keep, now, log } = this.#parts;
    if (!isDue(this.#credentials.certificate, now())) return;
    try {
      const { publicKey, privateKey } = generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      const certificate = await ask(publicKey);
      const { ca } = this.#credentials;
      const fault = faultOf(certificate, publicKey, ca);
      if (fault !== null) throw new Error(fault);
      const renewed = { key: privateKey, certificate, ca };
      await keep(renewed);
      this.#credentials = renewed;
      log('info', 'certificate renewed', { until: new X509Certificate(certificate).validTo });
    } catch (error) {
      const until = new X509Certificate(this.#credentials.certificate).validTo;
      log('warn', 'certificate not renewed', { until, reason: String(error) });
    }
  }
}

/** Whether two thirds of its time are over. @param certificate PEM @param now milliseconds since 1970 */
export function isDue(certificate: string, now: number): boolean {
  const { from, to } = timeOf(certificate);
  return now >= from + (to - from) * USED;
}

/** @param certificate PEM @param now milliseconds since 1970 */
export function hasEnded(certificate: string, now: number): boolean {
  return now > timeOf(certificate).to;
}

function timeOf(certificate: string): { from: number; to: number } {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return { from: Date.parse(validFrom), to: Date.parse(validTo) };
}

/** Who holds the link may be wrong, but must not be able to lock this host out. */
function faultOf(certificate: string, publicKey: string, ca: string): string | null {
  const given = new X509Certificate(certificate);
  if (!given.verify(new X509Certificate(ca).publicKey)) return 'The certificate is not signed by the CA of this host.';
  return given.publicKey.export({ type: 'spki', format: 'pem' }) === publicKey
    ? null
    : 'The certificate is for another key.';
}
