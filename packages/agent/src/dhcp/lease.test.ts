import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import { network, TestHost } from '../plan/host-for-tests.ts';
import { heardOps } from './following.ts';
import { leaseScript, parseLease } from './lease.ts';

const record = (entries: Record<string, string>): string =>
  Object.entries({
    ip: '192.0.2.7',
    mask: '24',
    lease: '3600',
    PATCHBAY_UPTIME: '100.50',
    PATCHBAY_BOOT: 'b',
    ...entries,
  })
    .map(([name, value]) => `${name}=${value}\0`)
    .join('');

test('a lease is read from what the client says', () => {
  const said = record({ router: '192.0.2.1 192.0.2.254', dns: '192.0.2.53 192.0.2.54', serverid: '192.0.2.2' });
  assert.deepEqual(parseLease('red', 'eth0', said), {
    network: 'red',
    device: 'eth0',
    family: 4,
    address: '192.0.2.7',
    prefix: 24,
    gateway: '192.0.2.1',
    nameservers: ['192.0.2.53', '192.0.2.54'],
    until: 3_700_500,
    bootId: 'b',
    server: '192.0.2.2',
  });
});

test('what a server sends cannot pass for something else', () => {
  // A line break in a value, as in a domain name, is no new entry.
  assert.equal(parseLease('red', 'eth0', record({ domain: 'x\nip=203.0.113.9' }))?.address, '192.0.2.7');
  assert.deepEqual(parseLease('red', 'eth0', record({ dns: '$(reboot) 192.0.2.53 ::1;' }))?.nameservers, [
    '192.0.2.53',
  ]);
  for (const bad of [
    { ip: '' },
    { ip: '192.0.2.7/24' },
    { mask: '33' },
    { mask: '' },
    { lease: '-1' },
    { lease: 'x' },
  ]) {
    assert.equal(parseLease('red', 'eth0', record(bad)), null, JSON.stringify(bad));
  }
  const endless = parseLease('red', 'eth0', record({ lease: '4294967295' }));
  assert.equal(endless?.until, (100.5 + 14 * 24 * 3600) * 1000);
});

test('the script passes a lease on whole, and takes it back when the server does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const script = join(folder, 'script');
  const lease = join(folder, 'red~eth0');
  writeFileSync(script, leaseScript);
  chmodSync(script, 0o700);
  const env = {
    PATH: '/usr/bin:/bin',
    PATCHBAY_LEASE: lease,
    PATCHBAY_BOOT: 'b',
    ip: '192.0.2.7',
    mask: '24',
    lease: '60',
  };
  const tell = (event: string): void => void execFileSync(script, [event], { env });
  tell('deconfig');
  assert.equal(existsSync(lease), false);
  tell('bound');
  const heard = parseLease('red', 'eth0', readFileSync(lease, 'utf8'));
  assert.equal(heard?.address, '192.0.2.7');
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  assert.ok(Math.abs((heard?.until ?? 0) / 1000 - uptime - 60) < 5);
  tell('leasefail');
  assert.equal(existsSync(lease), true);
  tell('nak');
  assert.equal(existsSync(lease), false);
});

test('a lease that is renewed lengthens the lifetime of the very address that is there, and no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const script = join(folder, 'script');
  const words = join(folder, 'words');
  writeFileSync(script, leaseScript);
  // What the kernel shows, and what it is told.
  const ip = '#!/bin/sh\ncase "$*" in *show*) echo "$*" >"$SHOWN"; echo "$HELD" ;; *) echo "$*" >>"$WORDS" ;; esac\n';
  writeFileSync(join(folder, 'ip'), ip);
  for (const name of ['script', 'ip']) chmodSync(join(folder, name), 0o700);
  const renewed = (held: string, seconds = '60'): string => {
    writeFileSync(words, '');
    const lease = { interface: 'red', ip: '192.0.2.7', mask: '24', lease: seconds, PATCHBAY_LEASE: join(folder, 'l') };
    const shown = join(folder, 'shown');
    execFileSync(script, ['renew'], {
      env: { PATH: `${folder}:/usr/bin:/bin`, HELD: held, WORDS: words, SHOWN: shown, ...lease },
    });
    assert.equal(readFileSync(shown, 'utf8'), '-4 -o addr show dev red dynamic to 192.0.2.7/32\n');
    return readFileSync(words, 'utf8');
  };
  const line = (address: string) =>
    `2: red    inet ${address} brd 192.0.2.255 scope global dynamic red\\  valid_lft 9sec`;
  const told = (rest: string) => `-4 addr change 192.0.2.7/24 dev red ${rest}\n`;
  assert.equal(renewed(line('192.0.2.7/24')), told('valid_lft 60 preferred_lft 60'));
  assert.equal(renewed(line('192.0.2.7/24 metric 100')), told('metric 100 valid_lft 60 preferred_lft 60'));
  const longest = 14 * 24 * 3600;
  const bounded = told(`valid_lft ${longest} preferred_lft ${longest}`);
  assert.equal(renewed(line('192.0.2.7/24'), '4294967295'), bounded, 'no longer than any lease');
  for (const other of ['', line('192.0.2.7/25'), line('192.0.2.7 peer 192.0.2.9/24')]) assert.equal(renewed(other), '');
});

test('a lease brings its address, routes, rules and servers, and nothing else is done with it', () => {
  const red = network({ base: 'eth1', bridged: false, ipv4: { method: 'dhcp' }, defaultRoute: true });
  const config: HostConfig = { bonds: {}, networks: { red, blue: network({ base: 'eth2' }) } };
  const host = new TestHost();
  host.apply(config);
  host.run([{ kind: 'link.set', name: 'blue', mtu: 1400 }]);
  const followed = (): KernelOp[] => heardOps(host.state, config, host.plan(config).ops);
  assert.deepEqual(followed(), []);
  host.lease('eth1', '192.0.2.7/24', '192.0.2.1', ['192.0.2.99']);
  const ops = followed();
  assert.deepEqual(new Set(ops.map(({ kind }) => kind)), new Set(['addr.add', 'route.replace', 'rule.add', 'dns.set']));
  assert.deepEqual(
    ops.find(({ kind }) => kind === 'dns.set'),
    { kind: 'dns.set', nameservers: ['192.0.2.99'] },
  );
  host.run(ops);
  assert.deepEqual(followed(), []);
});
