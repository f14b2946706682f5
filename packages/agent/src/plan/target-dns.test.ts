/** Name servers where a program takes them by device. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, ResolverReport } from '@patchbay/protocol';
import { ip4, network, TestHost } from './host-for-tests.ts';
import { planFor } from './plan-for.ts';
import { presentPart } from './present-part.ts';

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

test('a nic below a VLAN keeps the name servers of its own manager, before it bears a mark and after', () => {
  const host = hostWith({ devices: { eth1: ['203.0.113.53'] } });
  const tagged = { ...served(['192.0.2.53']).networks['red'], vlan: 10 } as HostConfig['networks'][string];
  host.apply({ bonds: {}, networks: { red: tagged } });
  assert.match(host.world.get('eth1')?.alias ?? '', /^patchbay:nic:/);
  assert.deepEqual(host.world.resolver?.devices, { eth1: ['203.0.113.53'], red: ['192.0.2.53'] });
  host.apply({ bonds: {}, networks: {} });
  assert.deepEqual(host.world.resolver?.devices, { eth1: ['203.0.113.53'] });
});

test('a nic that a network of ours has held forgets its name servers with the network', () => {
  const host = hostWith({});
  const plain = { ...served(['192.0.2.53']).networks['red'], bridged: false } as HostConfig['networks'][string];
  host.apply({ bonds: {}, networks: { red: plain } });
  assert.deepEqual(host.world.resolver?.devices, { eth1: ['192.0.2.53'] });
  host.apply({ bonds: {}, networks: {} });
  assert.deepEqual(host.world.resolver?.devices, {});
});

test('a device that was told of name servers is told when it has none, also when its mark is gone', () => {
  const host = hostWith({ devices: { eth1: ['192.0.2.53'] }, told: { eth1: ['192.0.2.53'] } });
  host.apply({ bonds: {}, networks: {} });
  assert.deepEqual(host.world.resolver?.devices, {});
});

test('while the nic of the network that decides is away, name servers stay as they are', () => {
  const config: HostConfig = {
    bonds: {},
    networks: { ...served(['192.0.2.53']).networks, blue: network({ base: 'eth2', ipv4: ip4('203.0.113.2') }) },
  };
  const file = { target: null, content: 'nameserver 203.0.113.53\n', mode: 0o644, uid: 0, gid: 0 };
  for (const resolver of [{}, { manager: 'file', original: file }] as const) {
    const host = hostWith(resolver);
    host.apply(config);
    host.run([{ kind: 'link.set', name: 'eth1', master: null }]);
    host.world.drop(host.link('eth1'));
    const part = presentPart(host.state, config);
    assert.deepEqual(Object.keys(part.networks), ['blue']);
    const planned = planFor(host.state, part, null, {}, config);
    assert.deepEqual(planned.ok && planned.value.ops, []);
  }
});
