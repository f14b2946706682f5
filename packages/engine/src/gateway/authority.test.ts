import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { Store } from '../store/index.ts';
import { openAuthority, speakerOf } from './authority.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

test('a host gets a certificate that names it, and the authority outlives its process', async () => {
  const store = await Store.open(':memory:');
  const authority = await openAuthority(store, Date.now);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=x', keys, signingAlgorithm: algorithm });
  const hostId = '833ebaeb-0988-4bd5-b860-e00bcc3f576a';
  const signed = await authority.signHost(csr.toString('pem'), hostId);
  const certificate = new X509Certificate(signed.certificate);
  const ca = new X509Certificate(authority.ca);
  assert.ok(certificate.verify(ca.publicKey));
  const { serial, validFrom } = signed;
  assert.deepEqual(speakerOf(certificate.raw), { hostId, serial, validFrom });
  assert.equal(speakerOf(new X509Certificate((await authority.serverPair()).certificate).raw), null);
  const again = await openAuthority(store, Date.now);
  assert.equal(again.fingerprint, authority.fingerprint);
  assert.equal(authority.fingerprint, ca.fingerprint256.replaceAll(':', '').toLowerCase());
});

test('a request that is no request is refused', async () => {
  const authority = await openAuthority(await Store.open(':memory:'), Date.now);
  await assert.rejects(authority.signHost('nonsense', 'x'));
});
