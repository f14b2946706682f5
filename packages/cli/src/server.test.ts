import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('a port that is taken is named, with what to do about it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const data = mkdtempSync(join(tmpdir(), 'patchbay-server-'));
  const asked = ['server', '--hosts', 'none', '--port', `${port}`, '--data', data];
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', main, ...asked], { encoding: 'utf8' });
  other.close();
  assert.equal(status, 1);
  assert.match(stderr, new RegExp(`Port ${port} of 127.0.0.1 is taken.*--port`));
  assert.doesNotMatch(stderr, / at /, 'and no stack');
});
