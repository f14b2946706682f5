/** The units are what systemd takes: checked by its own program, which needs no running manager. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from './node-flags.ts';

const here = fileURLToPath(new URL('../systemd/', import.meta.url));
const units = readdirSync(here).filter((name) => name.endsWith('.service'));
const analyze = (...args: string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
const early = 'DefaultDependencies=no';
/** How others order themselves about the network, where Debian's and Red Hat's units do. */
const others = {
  nftables: [early, 'Wants=network-pre.target', 'Before=network-pre.target'],
  firewalld: ['Wants=network-pre.target', 'Before=network-pre.target'],
  NetworkManager: ['After=network-pre.target', 'Before=network.target'],
  networking: [early, 'After=local-fs.target network-pre.target', 'Before=network.target network-online.target'],
  'cloud-init-local': [early, 'Before=NetworkManager.service network-pre.target sysinit.target'],
  'cloud-init': [
    early,
    'After=cloud-init-local.service networking.service',
    'Before=network-online.target sysinit.target',
  ],
};
const possible = analyze('--version').status === 0;

/** The units with the Node of this machine, wherever that is. */
function copies(): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-units-'));
  for (const name of units) {
    const text = readFileSync(join(here, name), 'utf8');
    writeFileSync(join(folder, name), text.replaceAll('/usr/lib/patchbay/node', process.execPath));
  }
  return folder;
}

describe('units of systemd', { skip: possible ? false : 'needs systemd-analyze' }, () => {
  const folder = copies();
  for (const name of units) {
    test(`${name} is understood, and is not exposed more than it has to be`, () => {
      const verified = analyze('verify', '--man=no', '--recursive-errors=no', join(folder, name));
      assert.deepEqual([verified.status, verified.stderr.trim()], [0, '']);
      // 0 is sealed, 10 is wide open; a network has to be set up, which cannot be done from within a sealed box.
      const exposed = analyze('security', '--offline=yes', '--threshold=45', join(folder, name));
      assert.equal(exposed.status, 0, exposed.stdout);
    });
  }

  /** @returns what systemd finds of cycles in the order of a boot with these units */
  const cyclesWith = (...names: (keyof typeof others)[]): string[] => {
    const boot = copies();
    for (const name of names) {
      const text = `[Unit]\n${others[name].join('\n')}\n[Service]\nType=oneshot\nExecStart=/bin/true\n`;
      writeFileSync(join(boot, `${name}.service`), text);
    }
    const all = ['patchbay-restore', 'patchbay-agent', 'systemd-networkd', ...names].map((name) => `${name}.service`);
    const wants = ['sysinit.target', 'basic.target', 'network-online.target', ...all].join(' ');
    writeFileSync(join(boot, 'boot.target'), `[Unit]\nWants=${wants}\n`);
    const env = { ...process.env, SYSTEMD_UNIT_PATH: `${boot}:` };
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', 'boot.target'], { encoding: 'utf8', env });
    return stderr.split('\n').filter((line) => line.includes('ordering cycle'));
  };

  test('firewalls, other managers and what sets up clouds have their place in the same boot', () => {
    assert.deepEqual(cyclesWith('nftables', 'networking', 'cloud-init-local', 'cloud-init'), []);
    assert.deepEqual(cyclesWith('firewalld', 'NetworkManager', 'cloud-init-local'), []);
    // These two cannot be in one boot with networkd, whether Patchbay is there or not.
    assert.notDeepEqual(cyclesWith('firewalld', 'networking', 'cloud-init'), []);
  });

  test('a word that systemd does not know is found', () => {
    const broken = join(folder, 'broken.service');
    writeFileSync(broken, `[Service]\nExecStart=${process.execPath}\nRestart=sometimes\n`);
    assert.match(analyze('verify', '--man=no', broken).stderr, /sometimes|Restart/);
  });
});

test('the committed network comes after firewalls and before any other manager, and guards outlive their agent', () => {
  const unit = (name: string) => readFileSync(join(here, name), 'utf8');
  const restore = unit('patchbay-restore.service');
  const before = [...restore.matchAll(/^Before=(.*)$/gm)].flatMap(([, list = '']) => list.split(' '));
  for (const other of ['network-online.target', 'NetworkManager.service', 'systemd-networkd.service']) {
    assert.ok(before.includes(other), other);
  }
  assert.ok(!before.includes('network-pre.target'));
  assert.match(restore, /^After=.*\bnetwork-pre\.target\b/m);
  assert.match(unit('patchbay-agent.service'), /^After=.*patchbay-restore\.service/m);
  assert.match(unit('patchbay-agent.service'), /^RestartPreventExitStatus=2$/m);
  assert.match(unit('patchbay-agent.service'), /^KillMode=process$/m);
  assert.match(unit('patchbay-guard@.service'), /^Restart=on-failure$/m);
});

test('a guard can open a watchdog, and beyond that what everybody may', () => {
  const unit = readFileSync(join(here, 'patchbay-guard@.service'), 'utf8');
  assert.doesNotMatch(unit, /^PrivateDevices=/m);
  assert.match(unit, /^DevicePolicy=closed$/m);
  const allowed = [...unit.matchAll(/^DeviceAllow=(.*)$/gm)].map(([, device]) => device);
  // /dev/watchdog has had this number since there are watchdogs: admin-guide/devices.txt of the kernel.
  assert.deepEqual(allowed, ['/dev/char/10:130 w', 'char-watchdog w']);
});

test('the agent’s unit gives Node the flags with which it is measured', () => {
  const [command = ''] = /^ExecStart=.*$/m.exec(readFileSync(join(here, 'patchbay-agent.service'), 'utf8')) ?? [];
  const words = command.split(' ');
  assert.deepEqual(words.slice(1, words.indexOf('/usr/lib/patchbay/agent.mjs')), NODE_FLAGS);
});
