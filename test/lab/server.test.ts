/** `script/server` with hosts on a real kernel, started again with what it had. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

test('every host can be changed when it says ready, also the second time, when it is given back what it had', {
  timeout: 240_000,
}, async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'patchbay-server-'));
  const argv = ['--import', 'tsx', main, 'server', '--count', '1', '--port', '0', '--data', data];
  const env = { ...process.env, PATCHBAY_ADMIN_PASSWORD: 'secret' };
  const headers = { authorization: `Basic ${btoa('admin@internal:secret')}`, accept: 'application/json' };
  const seen: string[] = [];
  for (let start = 0; start < 2; start += 1) {
    const server = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    t.after(() => server.kill('SIGINT'));
    const ended = once(server, 'exit');
    for await (const line of createInterface(server.stdout)) {
      const [, url] = /^ready (.*)$/.exec(line) ?? [];
      if (url === undefined) continue;
      const list = await fetch(`${url}/hosts`, { headers });
      const { host } = (await list.json()) as { host: { id: string; status: string }[] };
      const refreshed = await fetch(`${url}/hosts/${host[0]?.id}/refresh`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{}',
      });
      seen.push(`${host.map(({ status }) => status)} ${refreshed.status}`);
      server.kill('SIGINT');
    }
    await ended;
  }
  assert.deepEqual(seen, ['up 200', 'up 200']);
  rmSync(data, { recursive: true });
});
