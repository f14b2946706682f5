import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildDeb } from './deb.ts';

const skip = spawnSync('dpkg-deb', ['--version']).error === undefined ? false : 'there is no dpkg-deb';

test('a package lays its files with their permissions', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-package-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const deb = await buildDeb({ folder, version: '0.1.0', ownRuntime: false, compression: 'none' });
  const listed = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' });
  assert.match(listed, /^-rw------- root\/root .* \.\/etc\/patchbay\/agent\.env$/m);
  assert.match(listed, /^-rwxr-xr-x root\/root .* \.\/usr\/bin\/patchbay-agent$/m);
  assert.match(listed, /^-rw-r--r-- root\/root .* \.\/usr\/lib\/patchbay\/agent\.mjs$/m);
});
