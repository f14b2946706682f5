import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Host } from '@patchbay/model';
import { LONGEST_PAUSE, RETURN_GRACE } from '@patchbay/protocol';
import { pino } from 'pino';
import { startEngine } from '../engine.ts';
import type { Authority } from '../gateway/index.ts';
import { agentEvents } from './agents.ts';
import { bootstrap } from './bootstrap.ts';
import { aHost, anEngine, aReport } from './testing.ts';

const outOfService = { status: 'non_operational', statusReason: 'network_unreachable' } as const;

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
    await tx.put('host', { ...aHost('out', 'out', cluster), ...outOfService });
  });
  t.mock.method(hosts, 'connected', (id: string) => id === 'back');
  const lost = async () =>
    (await store.events())
      .filter((event) => event.description.startsWith('VDS_FAILURE: '))
      .map((event) => event.host_id)
      .sort();
  const statuses = async () => (await store.list('host')).map((host) => `${host.name} ${host.status}`);

  // What an agent may take that was refused at the last moment, and has an address that does not answer.
  const returns = LONGEST_PAUSE + 2 * 10_000;
  t.mock.timers.tick(returns);
  await setImmediate();
  assert.deepEqual(
    await statuses(),
    ['away up', 'back up', 'kept maintenance', 'out non_operational'],
    'an agent may still be dialling',
  );

  t.mock.timers.tick(RETURN_GRACE - returns);
  while ((await lost()).length < 2) await setImmediate(undefined, { signal: t.signal });
  assert.deepEqual(await statuses(), ['away non_responsive', 'back up', 'kept maintenance', 'out non_responsive']);
  assert.deepEqual(await lost(), ['away', 'out']);
  await running.close();
});

test('a host that was out of service when it was lost is judged by what it has when it is back', async () => {
  const engine = await anEngine();
  const { store } = engine;
  await bootstrap(engine);
  const [assignment] = await store.list('cluster_network');
  assert.ok(assignment?.required);
  const greeting = { protocol: 1, agentVersion: '', bootId: 'b', awaiting: null, report: aReport() };
  const comesBack = async (before: Partial<Host>) => {
    const host = { ...aHost('out', 'out', assignment.clusterId), ...before };
    await store.write((tx) => tx.put('host', { ...host, status: 'non_responsive' }));
    await agentEvents(() => engine, {} as Authority).hello('out', greeting);
    const { status, statusReason } = (await store.get('host', 'out')) ?? {};
    return [status, statusReason];
  };
  assert.deepEqual(
    await comesBack(outOfService),
    ['non_operational', 'network_unreachable'],
    'its network is not there yet',
  );
  await store.write((tx) => tx.put('cluster_network', { ...assignment, required: false }));
  assert.deepEqual(await comesBack(outOfService), ['up', undefined]);
  assert.deepEqual(await comesBack({}), ['up', undefined]);
});
