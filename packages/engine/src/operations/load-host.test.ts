import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrap } from './bootstrap.ts';
import { loadHosts } from './load-host.ts';
import { aHost, anEngine, aReport } from './testing.ts';

test('the hosts of a cluster are read one after the other', async (t) => {
  const { store, ...engine } = await anEngine();
  await bootstrap({ store, ...engine });
  const [cluster] = await store.list('cluster');
  assert.ok(cluster);
  const names = ['h1', 'h2', 'h3'];
  await store.write(async (tx) => {
    for (const name of names) {
      await tx.put('host', aHost(name, name, cluster.id));
      await tx.put('report', { hostId: name, report: aReport() });
    }
  });
  const read = t.mock.method(store, 'get');
  const seen: unknown[] = [];
  for await (const { host, observed } of loadHosts(store, cluster)) {
    assert.ok(observed);
    const reports = read.mock.calls.filter(({ arguments: [kind] }) => kind === 'report');
    seen.push([host.name, reports.length]);
  }
  assert.deepEqual(
    seen,
    names.map((name, at) => [name, at + 1]),
  );
});
