import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DhcpReport, HostConfig, NetworkConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { planFor } from '../plan/plan-for.ts';
import { FileKernel } from '../transaction/testing.ts';
import { leaseScript, parseLease } from './lease.ts';
import { leaseOps } from './lease-ops.ts';

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
  const said = record({ router: '192.0.2.1 192.0.2.254', dns: '192.0.2.53 192.0.2.54' });
  assert.deepEqual(parseLease('red', 'eth0', said), {
    network: 'red',
    device: 'eth0',
    address: '192.0.2.7',
    prefix: 24,
    gateway: '192.0.2.1',
    nameservers: ['192.0.2.53', '192.0.2.54'],
    until: 3_700_500,
    bootId: 'b',
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

const network = (part: Partial<NetworkConfig>): NetworkConfig => ({
  base: 'eth1',
  vlan: null,
  bridged: false,
  stp: false,
  mtu: 1500,
  ipv4: { method: 'dhcp' },
  ipv6: { method: 'none' },
  defaultRoute: true,
  nameservers: null,
  bridgeOptions: {},
  ...part,
});

test('a lease brings its address, routes, rules and servers, and nothing else is repaired with it', async () => {
  const kernel = FileKernel.create(join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel'));
  const config: HostConfig = {
    bonds: {},
    networks: {
      red: network({}),
      blue: network({ base: 'eth2', mtu: 1400, ipv4: { method: 'none' }, defaultRoute: false }),
    },
  };
  const client = { network: 'red', device: 'eth1', family: 4 } as const;
  const bound: DhcpReport = {
    ...client,
    state: 'bound',
    address: '192.0.2.7/24',
    gateway: '192.0.2.1',
    nameservers: ['192.0.2.99'],
    validFor: 60,
  };
  const plannedFor = (state: KernelState) => {
    const planned = planFor(state, config);
    assert.ok(planned.ok);
    return leaseOps(state, config, planned.value.ops);
  };
  const state = await kernel.observe();
  assert.deepEqual(plannedFor(state), []);
  const ops = plannedFor({ ...state, dhcp: [bound] });
  assert.deepEqual(
    new Set(ops.map(({ kind }) => kind)),
    new Set(['addr.add', 'route.replace', 'rule.add', 'sysctl.set', 'dns.set']),
  );
  assert.deepEqual(
    ops.find(({ kind }) => kind === 'dns.set'),
    { kind: 'dns.set', nameservers: ['192.0.2.99'] },
  );
});
