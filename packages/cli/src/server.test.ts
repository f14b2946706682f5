import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startMemoryHost } from '@patchbay/lab';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const command = ['--import', 'tsx', main, 'server', '--hosts', 'none'];

function dataDirectory(t: TestContext): string {
  const data = mkdtempSync(join(tmpdir(), 'patchbay-server-'));
  t.after(() => rmSync(data, { recursive: true }));
  return data;
}

/** A listener on a port that was free. */
async function someListener() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return { port, close: () => once(listener.close(), 'close') };
}

for (const [option, other] of [
  ['--port', '--agent-port'],
  ['--agent-port', '--port'],
] as const) {
  test(`a port for ${option} that is taken is named, with what to do about it`, async (t) => {
    const { port, close } = await someListener();
    const asked = [option, `${port}`, other, '0', '--data', dataDirectory(t)];
    const { status, stderr } = spawnSync(process.execPath, [...command, ...asked], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    await close();
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`Port ${port} of 127.0.0.1 is taken.* with ${option}\\.`));
    assert.doesNotMatch(stderr, / at /, 'and no stack');
  });
}

test('an address that no host can dial needs another to be told', (t) => {
  const asked = ['--agent-address', '0.0.0.0', '--port', '0', '--agent-port', '0', '--data', dataDirectory(t)];
  const { status, stderr } = spawnSync(process.execPath, [...command, ...asked], { encoding: 'utf8', timeout: 30_000 });
  assert.equal(status, 1);
  assert.match(stderr, /No host can dial 0\.0\.0\.0: .*--advertise/);
});

test('a host that has joined is connected again when the server is started again', { timeout: 120_000 }, async (t) => {
  const data = dataDirectory(t);
  const { port, close } = await someListener();
  await close();
  const asked = ['--port', '0', '--agent-port', `${port}`, '--data', data];
  const env = { ...process.env, PATCHBAY_ADMIN_PASSWORD: 'secret' };
  const headers = {
    ...{ authorization: `Basic ${btoa('admin@internal:secret')}`, accept: 'application/json' },
    'content-type': 'application/json',
  };
  const post = (url: string, body: object) => fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });

  async function start() {
    const server = spawn(process.execPath, [...command, ...asked], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => server.kill('SIGKILL'));
    const ended = once(server, 'exit');
    const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
    const [, url = ''] = /^ready (.*)$/.exec(line) ?? [];
    return {
      url,
      async stop() {
        server.kill('SIGINT');
        await ended;
      },
    };
  }

  /** Resolves when the host answers over its connection. */
  async function answers(url: string): Promise<void> {
    while (!t.signal.aborted) {
      const list = (await (await fetch(`${url}/hosts`, { headers })).json()) as { host?: { id: string }[] };
      for (const { id } of list.host ?? []) if ((await post(`${url}/hosts/${id}/refresh`, {})).ok) return;
      await setTimeout(50);
    }
  }

  const first = await start();
  const own = new URL('/patchbay/', first.url);
  const made = await post(new URL('join-tokens', own).href, { name: 'node1' });
  const { token } = (await made.json()) as { token: string };
  const enrol = new URL('enrol', own).href;
  const host = await startMemoryHost({ name: 'node1', number: 1, enrol, token, log() {} });
  t.after(() => host.stop());
  await answers(first.url);
  await first.stop();

  const second = await start();
  await answers(second.url);
  await second.stop();
});
