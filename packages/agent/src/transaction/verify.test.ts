import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { bond, network, TestHost } from '../plan/host-for-tests.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { differencesFrom, PATIENCE, verify } from './verify.ts';

const dhcp: Partial<NetworkConfig> = { ipv4: { method: 'dhcp' } };

const shapes: readonly (readonly [name: string, device: string, config: HostConfig])[] = [
  [
    'an untagged network on a nic',
    'eth1',
    { bonds: {}, networks: { red: network({ ...dhcp, base: 'eth1', bridged: false }) } },
  ],
  [
    'a tagged network on a nic',
    'eth1.7',
    { bonds: {}, networks: { red: network({ ...dhcp, base: 'eth1', vlan: 7, bridged: false }) } },
  ],
  ['a bridge', 'red', { bonds: {}, networks: { red: network({ ...dhcp, base: 'eth1' }) } }],
  [
    'a bond',
    'bond0',
    {
      bonds: { bond0: bond(['eth1', 'eth2']) },
      networks: { red: network({ ...dhcp, base: 'bond0', bridged: false, defaultRoute: true }) },
    },
  ],
];

for (const [name, device, config] of shapes) {
  test(`a lease that comes to ${name} while the change is verified is no difference`, () => {
    const host = new TestHost();
    // What other hands have set, which the marks of devices keep in mind.
    for (const link of host.world.links.values()) {
      link.sysctls = {
        'ipv4/rp_filter': '0',
        'ipv4/arp_ignore': '0',
        'ipv4/arp_announce': '0',
        'ipv4/promote_secondaries': '0',
      };
    }
    host.apply(config);
    const difference = () => {
      const { state } = host;
      return differencesFrom(state, config, planFor(state, config));
    };
    assert.equal(difference(), null);
    for (const lease of ['192.0.2.7/24', '192.0.2.8/24']) {
      host.lease(device, lease, '192.0.2.1', ['192.0.2.99']);
      assert.ok(host.plan(config).ops.length > 0, 'it has to be followed');
      assert.equal(difference(), null);
      host.run(host.plan(config).ops);
      assert.equal(difference(), null);
    }
    host.lease(device, null);
    assert.equal(difference(), null);
    // Another hand's doing is one.
    host.run([{ kind: 'link.set', name: device, mtu: 1400 }]);
    assert.match(difference()?.message ?? '', /mtu=1500/);
  });
}

test('the asking for an address begins with the carrier, and has its time from then on', async () => {
  const ipv6 = { method: 'static', address: '2001:db8::5', prefix: 64, gateway: null } as const;
  const config: HostConfig = { bonds: {}, networks: { red: network({ base: 'eth1', bridged: false, ipv6 }) } };
  const host = new TestHost();
  const before = host.state;
  host.apply(config);
  const start = performance.now();
  const shown = (carrier: boolean, tentative: boolean): KernelState => {
    const { state } = host;
    for (const link of state.links.filter(({ name }) => name === 'eth1')) {
      link.carrier = carrier;
      for (const address of link.addresses) address.tentative = tentative;
    }
    return state;
  };
  const observe = async () => {
    const since = performance.now() - start;
    return shown(since > PATIENCE.duplicateDetection + 100, since < PATIENCE.duplicateDetection + 300);
  };
  const parts = {
    live: { observe, execute: async () => ({ ok: true }) as const },
    planner: { forward: planFor, restore: planRestore },
    settle: () => new Promise<void>((resolve) => setTimeout(resolve, 20)),
  };
  assert.equal((await verify(parts, before, config, null)).problem, null);
});
