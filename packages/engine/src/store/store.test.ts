import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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

/** What another process finds when it opens the file. */
function openElsewhere(file: string): string {
  const script = `import { Store } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)};
    const store = await Store.open(process.argv[1]);
    console.log((await store.list('data_centre')).map((d) => d.name).join());`;
  return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, file], {
    encoding: 'utf8',
  }).stdout.trim();
}

test('a store is shut to a second engine, and survives its process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-store-'));
  const file = join(folder, 'engine.db');
  const script = `import { Store } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)};
    const store = await Store.open(process.argv[1]);
    await store.write((tx) => tx.put('data_centre', ${JSON.stringify(dataCentre('1', 'Default'))}));
    await Store.open(process.argv[1]).catch((error) => console.log(error.message));
    process.kill(process.pid, 'SIGKILL');`;
  const first = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, file], {
    encoding: 'utf8',
  });
  assert.match(first.stdout, /another engine/);
  assert.equal(first.signal, 'SIGKILL');
  assert.equal(openElsewhere(file), 'Default');
  rmSync(folder, { recursive: true });
});
