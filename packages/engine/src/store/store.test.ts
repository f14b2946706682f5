import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
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

/** Runs a script in a process of its own, with a store to open and the migrations that it knows. */
function elsewhere(file: string, script: string) {
  const from = (module: string) => JSON.stringify(new URL(module, import.meta.url).href);
  const whole = `import { migrations } from ${from('./migrations.ts')};
    import { Store } from ${from('./store.ts')};
    const [file] = process.argv.slice(1);
    ${script}`;
  return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', whole, file], {
    encoding: 'utf8',
  });
}

const listed = `const store = await Store.open(file);
  console.log((await store.list('data_centre')).map((d) => d.name).join());`;
const putDefault = `await store.write((tx) => tx.put('data_centre', ${JSON.stringify(dataCentre('1', 'Default'))}));`;

function newFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-store-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'engine.db');
}

test('a store is shut to a second engine, and survives its process', (t) => {
  const file = newFile(t);
  const first = elsewhere(
    file,
    `const store = await Store.open(file);
    ${putDefault}
    await Store.open(file).catch((error) => console.log(error.message));
    process.kill(process.pid, 'SIGKILL');`,
  );
  assert.match(first.stdout, /another engine/);
  assert.equal(first.signal, 'SIGKILL');
  assert.equal(elsewhere(file, listed).stdout.trim(), 'Default');
});

test('a migration that is cut short leaves the store as it was, and the next start does all of it', (t) => {
  const file = newFile(t);
  const former = `const all = Object.entries(await migrations.getMigrations());
    let known = Object.fromEntries(all.slice(0, 2));
    migrations.getMigrations = async () => known;`;
  elsewhere(
    file,
    `${former}
    const store = await Store.open(file);
    ${putDefault}`,
  );
  const cut = elsewhere(
    file,
    `${former}
    const [name, next] = all[2];
    const up = async (db) => {
      await next.up(db);
      await db.schema.dropTable('data_centre').execute();
      throw new Error('database or disk is full');
    };
    known = { ...known, [name]: { up } };
    await Store.open(file).catch((error) => console.log(String(error.cause)));`,
  );
  assert.match(cut.stdout, /disk is full/);
  const after = elsewhere(file, listed);
  assert.equal(after.stdout.trim(), 'Default', after.stderr);
});

test('masks that former engines wrote as bare prefix lengths are dotted, and those of IPv6 stay', (t) => {
  const file = newFile(t);
  elsewhere(
    file,
    `const all = await migrations.getMigrations();
    migrations.getMigrations = async () => Object.fromEntries(Object.entries(all).slice(0, 8));
    const store = await Store.open(file);
    const put = (id, ipv4, ipv6) => store.write((tx) =>
      tx.put('attachment', { id, hostId: 'h', networkId: id, ipv4: { netmask: ipv4 }, ipv6: { netmask: ipv6 } }));
    await put('a', '24', '64');
    await put('b', '8', null);
    await put('c', '255.255.240.0', '24');
    await put('d', null, null);`,
  );
  const after = elsewhere(
    file,
    `const store = await Store.open(file);
    const all = (await store.list('attachment')).sort((one, other) => (one.id < other.id ? -1 : 1));
    console.log(JSON.stringify(all.map(({ ipv4, ipv6 }) => [ipv4.netmask, ipv6.netmask])));`,
  );
  assert.deepEqual(JSON.parse(after.stdout || after.stderr), [
    ['255.255.255.0', '64'],
    ['255.0.0.0', null],
    ['255.255.240.0', '24'],
    [null, null],
  ]);
});

test('an event that a former engine kept is read as before', (t) => {
  const file = newFile(t);
  const told = {
    code: 30010,
    severity: 'normal',
    time: 1,
    description: 'HOST_ADDED: Host old was added.',
    origin: 'oVirt',
  };
  elsewhere(
    file,
    `const all = await migrations.getMigrations();
    migrations.getMigrations = async () => Object.fromEntries(Object.entries(all).slice(0, 8));
    const store = await Store.open(file);
    await store.write((tx) => tx.addEvent(${JSON.stringify(told)}));`,
  );
  const after = elsewhere(
    file,
    `const store = await Store.open(file);
    console.log(JSON.stringify(await store.events()));`,
  );
  const [event] = JSON.parse(after.stdout || after.stderr);
  const { code, severity, time, description, origin } = event;
  assert.deepEqual({ code, severity, time, description, origin }, told);
  assert.deepEqual([event.flood_rate, event.custom_data], [30, null]);
});
