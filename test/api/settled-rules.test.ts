/** Rules that the way of doing things makes impossible to break: see `packages/model/src/rules/settled-rules.ts`. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type System, startSystem } from './system.ts';

let system: System;
before(async () => {
  system = await startSystem(0);
});
after(() => system.stop());

test('NET-17 of two clients that make the same network at once, one is told that it exists', async () => {
  const make = () => system.api.request('POST', '/networks', { name: 'twice', data_center: { name: 'Default' } });
  const replies = await Promise.all([make(), make()]);
  assert.deepEqual(replies.map((one) => one.status).sort(), [201, 409]);
  assert.match(replies.find((one) => one.status === 409)?.text ?? '', /NET-04/);
});

test('CLN-12 of two clients that give the same network to the same cluster at once, one is told so', async () => {
  await system.api.request('POST', '/networks', { name: 'given', data_center: { name: 'Default' } });
  const clusters = await system.engine.engine.store.list('cluster');
  const give = () =>
    system.api.request('POST', `/clusters/${clusters[0]?.id}/networks`, { name: 'given', required: false });
  const replies = await Promise.all([give(), give()]);
  assert.deepEqual(replies.map((one) => one.status).sort(), [201, 409]);
  assert.match(replies.find((one) => one.status === 409)?.text ?? '', /CLN-01/);
});

test('NET-01 the data centre is known', async () => {
  for (const data_center of [{ name: 'Nowhere' }, { id: 'none' }]) {
    const reply = await system.api.request('POST', '/networks', { name: 'stray', data_center });
    assert.equal(reply.status, 400, reply.text);
    assert.match(reply.text, /NET-01/);
  }
  assert.equal((await system.api.request('POST', '/networks', { name: 'stray' })).status, 400);
});

test('NET-13 and CLN-02 what is changed and given is known', async () => {
  assert.equal((await system.api.request('PUT', '/networks/none', { mtu: 9000 })).status, 404);
  const clusters = await system.engine.engine.store.list('cluster');
  const given = await system.api.request('POST', `/clusters/${clusters[0]?.id}/networks`, { name: 'unheard' });
  assert.equal(given.status, 404);
  assert.equal((await system.api.request('POST', '/clusters/none/networks', { name: 'given' })).status, 404);
});
