import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import type { Credentials } from './channel.ts';
import { hasEnded, isDue, Renewal, type RenewalParts } from './renewal.ts';
import { makePair, openTestAuthority, type TestAuthority } from './testing.ts';

/** A host with a certificate, of whose time the given part is over. */
async function host(authority: TestAuthority, over: number, ask: RenewalParts['ask']) {
  const { key, cert } = await makePair(authority, 'host');
  const { validFrom, validTo } = new X509Certificate(cert);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  const kept: Credentials[] = [];
  const said: string[] = [];
  const renewal = new Renewal({
    credentials: { key, certificate: cert, ca: authority.ca.toString('pem') },
    ask,
    keep: async (credentials) => void kept.push(credentials),
    now: () => from + (to - from) * over,
    log: (_level, message, facts) => said.push(`${message} ${JSON.stringify(facts)}`),
  });
  return { renewal, kept, said, cert };
}

const signer = (authority: TestAuthority) => (publicKey: string) =>
  authority.sign(new x509.PublicKey(publicKey), 'host');

test('a certificate is renewed when two thirds of its time are over, with a key of its own, and kept before it is shown', async () => {
  const authority = await openTestAuthority();
  const early = await host(authority, 0.6, () => assert.fail('too early'));
  await early.renewal.look();
  assert.equal(early.renewal.credentials().certificate, early.cert);

  const { renewal, kept, cert } = await host(authority, 0.7, signer(authority));
  await Promise.all([renewal.look(), renewal.look()]);
  const { key, certificate, ca } = renewal.credentials();
  assert.deepEqual(kept, [{ key, certificate, ca }], 'once');
  assert.notEqual(certificate, cert);
  const shown = new X509Certificate(certificate);
  assert.ok(shown.verify(new X509Certificate(ca).publicKey));
  assert.ok(shown.checkPrivateKey(createPrivateKey(key)));
  early.renewal.close();
  renewal.close();
});

test('what is no certificate for this key by this engine is not taken, and what there was stays', async () => {
  const authority = await openTestAuthority();
  const stranger = await openTestAuthority();
  const { cert } = await makePair(authority, 'another');
  const faults: [RenewalParts['ask'], RegExp][] = [
    [async () => cert, /for another key/],
    [signer(stranger), /not signed by the CA/],
    [async () => 'nonsense', /not renewed/],
    [() => Promise.reject(new Error('There is no link.')), /There is no link/],
  ];
  for (const [ask, said] of faults) {
    const trial = await host(authority, 0.9, ask);
    await trial.renewal.look();
    assert.equal(trial.renewal.credentials().certificate, trial.cert);
    assert.deepEqual(trial.kept, []);
    assert.match(trial.said.join(), said);
    trial.renewal.close();
  }
});

test('a certificate is due before it has ended', async () => {
  const { cert } = await makePair(await openTestAuthority(), 'host');
  const end = Date.parse(new X509Certificate(cert).validTo);
  assert.deepEqual([isDue(cert, end - 1000), hasEnded(cert, end - 1000)], [true, false]);
  assert.ok(hasEnded(cert, end + 1000));
});
