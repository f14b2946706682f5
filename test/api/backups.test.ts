/** A backup that a running engine has made of itself, and an engine that begins with it. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RunningEngine, startEngine } from '@patchbay/engine';
import { pino } from 'pino';
import { client } from '../client.ts';

const silent = pino({ level: 'silent' });
const start = (data: string) => startEngine({ data, port: 0, agentPort: 0, adminPassword: 'secret', log: silent });

describe('backups', { timeout: 60_000 }, () => {
  let folder = '';
  let engine: RunningEngine;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-backups-'));
    engine = await start(join(folder, 'first'));
  });
  after(async () => {
    await engine?.close();
    rmSync(folder, { recursive: true });
  });

  async function backUp(password = 'secret', { port } = engine) {
    const authorization = `Basic ${Buffer.from(`admin@internal:${password}`).toString('base64')}`;
    const reply = await fetch(`http://127.0.0.1:${port}/patchbay/backups`, {
      method: 'POST',
      headers: { authorization },
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, string> };
  }
  const make = ({ url }: RunningEngine, name: string) =>
    client(url, 'secret').request('POST', '/networks', { name, data_center: { name: 'Default' } });
  const networksOf = async (one: RunningEngine) => (await one.engine.store.list('network')).map(({ name }) => name);

  test('an engine begins with a backup where the other one was, with the same authority', async () => {
    assert.equal((await make(engine, 'red')).status, 201);
    const { status, body } = await backUp();
    assert.equal(status, 201, JSON.stringify(body));
    const file = body['file'] ?? '';
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(file).size, body['bytes']);
    assert.equal((await make(engine, 'blue')).status, 201);
    assert.equal((await backUp()).status, 201, 'as often as one likes');

    const second = join(folder, 'second');
    await (await start(second)).close();
    for (const old of readdirSync(second).filter((name) => name.startsWith('engine.db'))) rmSync(join(second, old));
    copyFileSync(file, join(second, 'engine.db'));
    const restored = await start(second);
    assert.deepEqual(await networksOf(restored), ['ovirtmgmt', 'red']);
    assert.deepEqual(await networksOf(engine), ['blue', 'ovirtmgmt', 'red']);
    assert.equal(restored.authority.fingerprint, engine.authority.fingerprint);
    await restored.close();
  });

  test('is for those who have signed in, and says what it could not do', async () => {
    assert.equal((await backUp('wrong')).status, 401);
    const { body } = await backUp();
    const folderOf = dirname(body['file'] ?? '');
    rmSync(folderOf, { recursive: true });
    writeFileSync(folderOf, 'in the way');
    const failed = await backUp();
    assert.equal(failed.status, 507);
    assert.match(failed.body['detail'] ?? '', /could not be written/);
    rmSync(folderOf);
    const { now } = engine.engine;
    engine.engine.now = () => Date.UTC(2030, 0);
    const taken = 'engine-20300101T000000000Z.db';
    mkdirSync(join(folderOf, taken), { recursive: true });
    assert.equal((await backUp()).status, 507);
    assert.deepEqual(readdirSync(folderOf), [taken], 'nothing is left of what did not get its name');
    engine.engine.now = now;
    assert.equal((await backUp()).status, 201);
    const memory = await start(':memory:');
    assert.equal((await backUp('secret', memory)).status, 409);
    await memory.close();
  });
});
