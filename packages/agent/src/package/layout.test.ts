import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildAgent } from '../bundle.ts';
import { type PackageFacts, type PackageFile, packageFiles } from './layout.ts';

const facts: PackageFacts = {
  ...{ version: '1.2.3', architecture: 'all', built: '/built', runtime: null, license: '/LICENSE' },
  units: { folder: '/units', names: ['patchbay-agent.service'] },
};
const textOf = (files: PackageFile[], path: string): string => {
  const content = files.find((file) => file.path === path)?.content;
  assert.ok(content !== undefined && 'text' in content, path);
  return content.text;
};

test('a package that brings no runtime needs one, and the other way round', () => {
  const without = textOf(packageFiles(facts), 'DEBIAN/control');
  assert.match(without, /^Depends: .*nodejs \(>= 20\)/m);
  assert.match(without, /^Version: 1\.2\.3$/m);
  const own = packageFiles({ ...facts, runtime: '/node', architecture: 'amd64' });
  assert.doesNotMatch(textOf(own, 'DEBIAN/control'), /nodejs/);
  assert.deepEqual(own.find(({ path }) => path === 'usr/lib/patchbay/node')?.content, { copyOf: '/node' });
});

test('no file stands where another does, and each has its place', () => {
  const paths = packageFiles(facts).map(({ path }) => path);
  assert.equal(new Set(paths).size, paths.length);
  for (const path of paths) assert.match(path, /^(usr|lib|etc|DEBIAN)\/[^/]/);
});

test('every program that is built comes along', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-built-'));
  await buildAgent(folder);
  const paths = packageFiles(facts).map(({ path }) => path);
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.mjs'))) {
    assert.ok(paths.includes(`usr/lib/patchbay/${name}`), name);
  }
});

test('every script is one that a shell can read', () => {
  const scripts = packageFiles(facts).filter(
    ({ content }) => 'text' in content && content.text.startsWith('#!/bin/sh'),
  );
  assert.equal(scripts.length, 4);
  for (const { path, content, executable } of scripts) {
    assert.equal(executable, true, path);
    const input = 'text' in content ? content.text : '';
    const { status, stderr } = spawnSync('sh', ['-n'], { input, encoding: 'utf8' });
    assert.equal(status, 0, `${path}: ${stderr}`);
  }
});
