import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Store } from './store.ts';

const dataCentre = (id: string, name: string) => ({ id, name, description: '', comment: '', local: false });

test('a write is kept whole or not at all', async () => {
  const store = await Store.open(':memory:');
  await store.write((tx) => tx.put('data_centre', dataCentre('1', 'Default')));
  await assert.rejects(
    store.write(async (tx) => {
      await tx.put('data_centre', dataCentre('2', 'Second'));
      await tx.put('data_centre', dataCentre('3', 'Default'));
    }),
  );
  assert.deepEqual(
    (await store.list('data_centre')).map((d) => d.name),
    ['Default'],
  );
  await store.close();
});

test('putting again replaces, and names are unique below a parent', async () => {
  const store = await Store.open(':memory:');
  await store.write((tx) => tx.put('data_centre', dataCentre('1', 'Default')));
  await store.write((tx) => tx.put('data_centre', dataCentre('1', 'Renamed')));
  assert.equal((await store.get('data_centre', '1'))?.name, 'Renamed');
  assert.equal(await store.named('data_centre', null, 'Default'), undefined);
  await store.close();
});

test('a host has at most one running task', async () => {
  const store = await Store.open(':memory:');
  const task = (id: string) =>
    ({ id, host_id: 'h', state: 'running', epoch: 1, nonce: 'n', pending: '{}', created: 0 }) as const;
  await store.write((tx) => tx.addTask(task('a')));
  await assert.rejects(store.write((tx) => tx.addTask(task('b'))));
  await store.write((tx) => tx.endTask('a', 'done'));
  await store.write((tx) => tx.addTask(task('b')));
  assert.equal((await store.runningTask('h'))?.id, 'b');
  await store.close();
});

test('a store survives being closed, and a second engine on it is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-store-'));
  const file = join(folder, 'engine.db');
  const store = await Store.open(file);
  await store.write((tx) => tx.put('data_centre', dataCentre('1', 'Default')));
  await assert.rejects(Store.open(file), /another engine|up to date/);
  await store.close();
  const again = await Store.open(file);
  assert.equal((await again.list('data_centre')).length, 1);
  await again.close();
  rmSync(folder, { recursive: true });
});
