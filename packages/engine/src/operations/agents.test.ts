import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Authority } from '../gateway/index.ts';
import { agentEvents } from './agents.ts';
import { anEngine } from './testing.ts';

test('who was let in and has been replaced since gets no certificate, and leaves the replacement its own', async () => {
  const engine = await anEngine();
  const authority = { signAgain: async () => ({ certificate: 'pem', serial: 'new', validFrom: 3 }) };
  const { admit, renew } = agentEvents(() => engine, authority as unknown as Authority);
  const identity = { hostId: 'h', machineId: 'm', serials: ['old'], joined: 1, epoch: 0 };
  const serials = async () => (await engine.store.get('host_identity', 'h'))?.serials;
  const store = (serial: string, joined: number) =>
    engine.store.write((tx) => tx.put('host_identity', { ...identity, serials: [serial], joined }));
  const speaker = { hostId: 'h', serial: 'old', validFrom: 1 };

  await store('old', 1);
  assert.ok(await admit(speaker));
  assert.equal(await renew(speaker, 'key'), 'pem');
  assert.deepEqual(await serials(), ['old', 'new']);

  await store('replacement', 2);
  await assert.rejects(renew(speaker, 'key'), /may not speak for its host any more/);
  assert.deepEqual(await serials(), ['replacement']);

  await engine.store.write((tx) => tx.remove('host_identity', 'h'));
  await assert.rejects(renew(speaker, 'key'), /may not speak for its host any more/);
  assert.equal(await serials(), undefined);
});
