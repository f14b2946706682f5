import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
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
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildDeb } from './deb.ts';

const skip = ['dpkg', 'dpkg-deb'].every((program) => spawnSync(program, ['--version']).error === undefined)
  ? false
  : 'there is no dpkg';

describe('the package of the agent', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-package-'));
  let deb = '';
  before(async () => {
    deb = await buildDeb({ folder, version: '0.1.0', ownRuntime: false, compression: 'none' });
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
  }

  /** A package as it was when it had the file of flags and token as its own. */
  function formerDeb(): string {
    const root = mkdtempSync(join(folder, 'former-'));
    write(join(root, 'etc/patchbay/agent.env'), 'PATCHBAY_FLAGS=\n');
    write(join(root, 'DEBIAN/conffiles'), '/etc/patchbay/agent.env\n');
    const control = ['Package: patchbay-agent', 'Version: 0.0.9', 'Architecture: all', 'Maintainer: Patchbay'];
    write(join(root, 'DEBIAN/control'), `${control.join('\n')}\nDescription: the agent as it was\n`);
    execFileSync('dpkg-deb', ['-Znone', '--root-owner-group', '--build', root, `${root}.deb`], { stdio: 'pipe' });
    return `${root}.deb`;
  }

  /** A host of files, on which nobody answers what dpkg asks. Its user is there, and systemd does not run. */
  function scratchHost() {
    const root = mkdtempSync(join(folder, 'host-'));
    for (const path of ['var/lib/dpkg/info', 'var/lib/dpkg/updates']) mkdirSync(join(root, path), { recursive: true });
    write(join(root, 'var/lib/dpkg/status'), '');
    write(join(root, 'bin/getent'), '#!/bin/sh\n', 0o755);
    const forced = '--force-script-chrootless,depends,not-root,bad-path';
    const at = (path: string): string => join(root, path);
    const dpkg = (...args: string[]): void => {
      const env = { ...process.env, PATH: `${at('bin')}:${process.env['PATH']}` };
      const { status, stdout, stderr } = spawnSync('dpkg', [`--root=${root}`, forced, ...args], {
        ...{ encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] },
      });
      assert.equal(status, 0, `dpkg ${args.join(' ')}: ${stdout}${stderr}`);
    };
    const file = at('etc/patchbay/agent.env');
    return { at, dpkg, file, mode: () => statSync(file).mode & 0o777, text: () => readFileSync(file, 'utf8') };
  }
  const edited = 'PATCHBAY_FLAGS=--enrol https://engine.example/patchbay/enrol\nPATCHBAY_TOKEN=secret\n';

  test('lays its files with their permissions', () => {
    const listed = execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' });
    assert.match(listed, /^-rwxr-xr-x root\/root .* \.\/usr\/bin\/patchbay-agent$/m);
    assert.match(listed, /^-rw-r--r-- root\/root .* \.\/usr\/lib\/patchbay\/agent\.mjs$/m);
  });

  test('writes a file for flags and token that is root’s alone, once', () => {
    const host = scratchHost();
    host.dpkg('--install', deb);
    assert.equal(host.mode(), 0o600);
    assert.match(host.text(), /^PATCHBAY_FLAGS=\nPATCHBAY_TOKEN=\n$/m);
    writeFileSync(host.file, edited);
    host.dpkg('--install', deb);
    assert.deepEqual([host.text(), host.mode()], [edited, 0o600]);
    assert.deepEqual(readdirSync(dirname(host.file)), ['agent.env']);
  });

  test('is installed over one that had the file as its own, whatever an administrator did with it', () => {
    for (const left of [edited, 'PATCHBAY_FLAGS=\n', null]) {
      const host = scratchHost();
      host.dpkg('--install', formerDeb());
      if (left === null) rmSync(host.file);
      else writeFileSync(host.file, left);
      host.dpkg('--install', deb);
      if (left === null) assert.match(host.text(), /^PATCHBAY_FLAGS=\nPATCHBAY_TOKEN=\n$/m);
      else assert.equal(host.text(), left);
      assert.equal(host.mode(), 0o600);
      assert.deepEqual(readdirSync(dirname(host.file)), ['agent.env']);
      host.dpkg('--install', deb);
      host.dpkg('--purge', 'patchbay-agent');
      assert.ok(!existsSync(dirname(host.file)));
    }
  });

  test('leaves flags and token when it is removed, and takes them along when it is purged', () => {
    const host = scratchHost();
    host.dpkg('--install', deb);
    writeFileSync(host.file, edited);
    write(host.at('etc/patchbay/agent.env.dpkg-old'), edited);
    write(host.at('var/lib/patchbay/identity.json'), '{}');
    host.dpkg('--remove', 'patchbay-agent');
    assert.ok(!existsSync(host.at('usr/lib/patchbay')));
    assert.deepEqual([host.text(), existsSync(host.at('var/lib/patchbay/identity.json'))], [edited, true]);
    host.dpkg('--purge', 'patchbay-agent');
    assert.deepEqual([existsSync(host.at('var/lib/patchbay')), existsSync(host.at('etc/patchbay'))], [false, false]);
  });

  test('takes nothing along that is an administrator’s own', () => {
    const host = scratchHost();
    host.dpkg('--install', deb);
    write(host.at('etc/patchbay/notes'), 'mine\n');
    host.dpkg('--purge', 'patchbay-agent');
    assert.deepEqual(readdirSync(host.at('etc/patchbay')), ['notes']);
  });
});
