import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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
  for (const path of paths) assert.match(path, /^(usr|lib|DEBIAN)\/[^/]/);
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
  for (const { path, content, mode } of scripts) {
    assert.equal(mode, 0o755, path);
    const input = 'text' in content ? content.text : '';
    const { status, stderr } = spawnSync('sh', ['-n'], { input, encoding: 'utf8' });
    assert.equal(status, 0, `${path}: ${stderr}`);
  }
});

/** Runs a maintainer script on a host of files, where systemctl writes down what it is asked and answers as is said. */
function runScript(
  name: string,
  args: string[],
  {
    joined,
    status,
    root = mkdtempSync(join(tmpdir(), 'patchbay-scripts-')),
  }: { joined: boolean; status: number | string; root?: string },
) {
  const said = join(root, 'said');
  for (const path of ['run/systemd/system', 'var/lib/patchbay', 'etc/patchbay', 'bin'])
    mkdirSync(join(root, path), { recursive: true });
  if (joined) writeFileSync(join(root, 'var/lib/patchbay/identity.json'), '{}');
  const kept = ['agent.env', 'agent.env.dpkg-old'].map((one) => join(root, 'etc/patchbay', one));
  for (const file of kept) writeFileSync(file, 'PATCHBAY_TOKEN=secret\n', { mode: 0o644 });
  for (const [program, text] of [
    ['systemctl', `echo "$*" >>${said}; exit ${status}`],
    ['getent', 'exit 0'],
  ]) {
    writeFileSync(join(root, 'bin', `${program}`), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  rmSync(said, { force: true });
  const input = textOf(packageFiles(facts), `DEBIAN/${name}`);
  const env = { PATH: `${root}/bin:${process.env['PATH']}`, DPKG_ROOT: root };
  const ran = spawnSync('sh', ['-s', ...args], { input, encoding: 'utf8', env });
  assert.equal(ran.status, 0, ran.stderr);
  const asked = existsSync(said) ? readFileSync(said, 'utf8').trim().split('\n') : [];
  return { root, asked, out: ran.stdout, modes: kept.map((file) => statSync(file).mode & 0o777) };
}

test('the join token is for root alone, also where a former version let everybody read it', () => {
  for (const former of ['', '1.2.2']) {
    assert.deepEqual(runScript('postinst', ['configure', former], { joined: true, status: 0 }).modes, [0o600, 0o600]);
  }
});

test('an upgrade goes on with an agent that runs, and starts and enables none', () => {
  for (const status of [0, 1]) {
    const { asked } = runScript('postinst', ['configure', '1.2.2'], { joined: true, status });
    assert.deepEqual(asked, ['daemon-reload', 'try-restart patchbay-agent.service'], `systemctl ends with ${status}`);
    assert.deepEqual(runScript('postrm', ['upgrade', '1.2.3'], { joined: true, status }).asked, ['daemon-reload']);
  }
});

test('a first install starts the agent of a host that has joined, if systemd lets it', () => {
  for (const status of [0, 1]) {
    const { asked, out } = runScript('postinst', ['configure', ''], { joined: true, status });
    assert.deepEqual(asked, [
      'daemon-reload',
      'enable patchbay-restore.service',
      'enable patchbay-agent.service',
      'restart patchbay-agent.service',
    ]);
    assert.equal(out, '');
  }
  const { asked, out } = runScript('postinst', ['configure', ''], { joined: false, status: 0 });
  assert.deepEqual(asked, ['daemon-reload']);
  assert.match(out, /To join an engine/);
});

test('what was enabled when the package was removed is enabled again when it comes back, and nothing else', () => {
  const isOn = (unit: string) =>
    `$(case "$*" in "is-enabled --quiet ${unit}") echo 0;; is-enabled*) echo 1;; *) echo 0;; esac)`;
  for (const [status, units] of [
    [0, ['patchbay-restore.service', 'patchbay-agent.service']],
    [isOn('patchbay-restore.service'), ['patchbay-restore.service']],
    [isOn('nothing'), []],
  ] as const) {
    const { root, asked } = runScript('prerm', ['remove'], { joined: true, status });
    assert.equal(asked.at(-1), 'disable --now patchbay-agent.service patchbay-restore.service');
    const again = runScript('postinst', ['configure', '1.2.2'], { joined: true, status: 0, root });
    assert.deepEqual(again.asked, [
      'daemon-reload',
      ...units.map((unit) => `enable ${unit}`),
      ...(units.length === 2 ? ['restart patchbay-agent.service'] : []),
    ]);
    const upgraded = runScript('postinst', ['configure', '1.2.3'], { joined: true, status: 0, root });
    assert.deepEqual(upgraded.asked, ['daemon-reload', 'try-restart patchbay-agent.service'], 'once');
  }
});
