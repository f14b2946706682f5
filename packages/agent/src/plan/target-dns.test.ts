/** Name servers where a program takes them by device. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, ResolverReport } from '@patchbay/protocol';
import { ip4, network, TestHost } from './host-for-tests.ts';

function hostWith(resolver: Partial<ResolverReport>): TestHost {
  const host = new TestHost();
  host.world.resolver = { manager: 'resolved', file: null, devices: {}, ...resolver };
  return host;
}

const served = (nameservers: string[]): HostConfig => ({
  bonds: {},
  networks: { red: network({ base: 'eth1', ipv4: ip4('198.51.100.2'), defaultRoute: true, nameservers }) },
});

test('a link-local server is told to the device that leads to it, which systemd-resolved shows as it likes', () => {
  const host = hostWith({});
  host.apply(served(['fe80::53%red', '192.0.2.53']));
  assert.deepEqual(host.world.resolver?.devices, { red: ['fe80::53', '192.0.2.53'] });
});

test('a link-local server keeps its zone where it ends in a file', () => {
  const host = hostWith({ manager: 'resolvconf' });
  host.apply(served(['fe80::53%red']));
  assert.deepEqual(host.world.resolver?.devices, { red: ['fe80::53%red'] });
});
