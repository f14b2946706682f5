import 'reflect-metadata';
import assert from 'node:assert/strict';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EnrolAnswer, EnrolRequest } from '@patchbay/protocol';
import * as x509 from '@peculiar/x509';
import { realDisk } from '../persist/disk.ts';
import { readIdentity } from '../persist/identity.ts';
import { EnrolRefused, enrol } from './enrol.ts';
import { makePair, openTestAuthority, startTestEnrolment, type TestAuthority } from './testing.ts';

const newState = (): string => mkdtempSync(join(tmpdir(), 'patchbay-'));

async function answerOf(authority: TestAuthority, { csr }: EnrolRequest): Promise<EnrolAnswer> {
  const request = new x509.Pkcs10CertificateRequest(csr);
  assert.ok(await request.verify());
  return {
    hostId: 'h',
    certificate: await authority.sign(request.publicKey, 'host'),
    ca: authority.ca.toString('pem'),
    engines: ['wss://192.0.2.1:54322'],
  };
}

test('a token buys an identity, over either listener', async () => {
  const authority = await openTestAuthority();
  for (const secure of [false, true]) {
    const requests: EnrolRequest[] = [];
    const server = await startTestEnrolment(
      authority,
      (request) => {
        requests.push(request);
        return answerOf(authority, request);
      },
      secure,
    );
    const state = newState();
    const token = `secret.${authority.fingerprint}`;
    const identity = await enrol(realDisk, state, { url: server.url, token, name: 'h1' });
    server.close();
    assert.equal(requests[0]?.token, token);
    assert.equal(requests[0]?.name, 'h1');
    assert.match(requests[0]?.machineId ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(identity.hostId, 'h');
    assert.deepEqual(await readIdentity(realDisk, state), identity);
    assert.equal(statSync(`${state}/identity.json`).mode & 0o777, 0o600);
  }
});

test('nothing is kept of an engine that is not the one the token names', async () => {
  const authority = await openTestAuthority();
  const stranger = await openTestAuthority();
  const other = await makePair(authority, 'host');
  const answers: ((request: EnrolRequest) => Promise<EnrolAnswer> | number)[] = [
    (request) => answerOf(stranger, request),
    async (request) => ({ ...(await answerOf(stranger, request)), ca: authority.ca.toString('pem') }),
    async (request) => ({ ...(await answerOf(authority, request)), certificate: other.cert }),
    () => 401,
  ];
  for (const answer of answers) {
    const server = await startTestEnrolment(authority, answer, false);
    const state = newState();
    const join = { url: server.url, token: `secret.${authority.fingerprint}`, name: 'h1' };
    await assert.rejects(enrol(realDisk, state, join), EnrolRefused);
    server.close();
    assert.equal(await readIdentity(realDisk, state), null);
  }
});

test('the token is not shown to a server that cannot be vouched for', async () => {
  const authority = await openTestAuthority();
  const never = () => assert.fail('the token was sent');
  for (const server of [
    await startTestEnrolment(await openTestAuthority(), never, true),
    // A host's certificate is signed by the same authority.
    await startTestEnrolment(authority, never, true, 'host'),
  ]) {
    const join = { url: server.url, token: `secret.${authority.fingerprint}`, name: 'h1' };
    await assert.rejects(enrol(realDisk, newState(), join), EnrolRefused);
    server.close();
  }
});

test('an engine that does not answer may be asked again', async () => {
  const authority = await openTestAuthority();
  const server = await startTestEnrolment(authority, () => 503, false);
  const token = `secret.${authority.fingerprint}`;
  for (const url of [server.url, 'http://127.0.0.1:1/patchbay/enrol']) {
    const error = await enrol(realDisk, newState(), { url, token, name: 'h1' }).catch((caught: unknown) => caught);
    assert.ok(error instanceof Error && !(error instanceof EnrolRefused));
  }
  server.close();
});
