import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { putFile } from './files.ts';

test('the program whose file it is can read it, also where this process keeps everything to itself', async () => {
  const root = mkdtempSync(join(tmpdir(), 'patchbay-files-'));
  mkdirSync(join(root, 'kept'), { mode: 0o700 });
  const mask = process.umask(0o077);
  try {
    await putFile(join(root, 'kept/conf.d/deep/name.conf'), 'text');
    await putFile(join(root, 'kept/secret'), 'text', 0o600);
  } finally {
    process.umask(mask);
  }
  const mode = (path: string) => statSync(join(root, path)).mode & 0o777;
  assert.equal(mode('kept/conf.d'), 0o755);
  assert.equal(mode('kept/conf.d/deep'), 0o755);
  assert.equal(mode('kept/conf.d/deep/name.conf'), 0o644);
  assert.equal(mode('kept/secret'), 0o600);
  assert.equal(mode('kept'), 0o700, 'a folder that was there is left as it was');
});
