import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { startEngine } from '../engine.ts';
import { aHost } from './testing.ts';

test('a host that does not come back to an engine that has started is not responsive', {
  timeout: 20_000,
}, async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log = pino({ level: 'silent' });
  const running = await startEngine({ data: ':memory:', port: 0, agentPort: 0, adminPassword: 'secret', log });
  const { store, hosts } = running.engine;
  const cluster = (await store.list('cluster'))[0]?.id ?? '';
  await store.write(async (tx) => {
    for (const name of ['back', 'away']) await tx.put('host', aHost(name, name, cluster));
    await tx.put('host', { ...aHost('kept', 'kept', cluster), status: 'maintenance' });
  });
  t.mock.method(hosts, 'connected', (id: string) => id === 'back');
  const statuses = async () => (await store.list('host')).map((host) => `${host.name} ${host.status}`);

  t.mock.timers.tick(45_000);
  await setImmediate();
  assert.deepEqual(await statuses(), ['away up', 'back up', 'kept maintenance'], 'an agent may still be dialling');

  t.mock.timers.tick(15_000);
  while (!(await statuses()).some((one) => one.endsWith('non_responsive'))) await setImmediate();
  await setImmediate();
  assert.deepEqual(await statuses(), ['away non_responsive', 'back up', 'kept maintenance']);
  const lost = (await store.events()).filter((event) => event.description.startsWith('VDS_FAILURE: '));
  assert.deepEqual(
    lost.map((event) => event.host_id),
    ['away'],
  );
  await running.close();
});
