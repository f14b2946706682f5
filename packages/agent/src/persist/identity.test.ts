import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { realDisk } from './disk.ts';
import { readIdentity, renewIdentity, writeIdentity } from './identity.ts';

const identity = { hostId: 'h', name: 'h1', key: 'key', certificate: 'certificate', ca: 'ca', engines: [] };

test('an identity that cannot be read is none that is missing: it says what to do, and is not replaced', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const path = join(folder, 'identity.json');
  assert.equal(await readIdentity(realDisk, folder), null);
  await writeIdentity(realDisk, folder, identity);
  const half = readFileSync(path, 'utf8').slice(0, 20);
  writeFileSync(path, half);
  const helps = (error: Error) => error.message.includes(`${path}: restore that file from a backup, or remove it and`);
  await assert.rejects(readIdentity(realDisk, folder), helps);
  await assert.rejects(renewIdentity(realDisk, folder, identity), helps);
  assert.equal(readFileSync(path, 'utf8'), half);
});
