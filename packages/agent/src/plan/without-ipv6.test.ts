import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import { bond, ip4, network, TestHost } from './host-for-tests.ts';
import { planFor } from './plan-for.ts';

test('HT-168 on a kernel without IPv6 no step is about it', () => {
  const { links, ...rest } = new TestHost().state;
  const state = {
    ...rest,
    links: links.map((link) => ({ ...link, ipv6Disabled: true })),
    capabilities: { ipv6: false, dhcp4: true, dhcp6: true },
  };
  const config: HostConfig = {
    bonds: { bond0: bond(['eth2', 'eth3']) },
    networks: {
      red: network({ base: 'eth1', ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true }),
      blue: network({ base: 'bond0', vlan: 7, mtu: 1200 }),
      green: network({ base: 'eth4', bridged: false, ipv4: { method: 'dhcp' } }),
    },
  };
  const planned = planFor(state, config);
  assert.ok(planned.ok, JSON.stringify(planned));
  const about = (op: KernelOp) => JSON.stringify(op).includes('ipv6/conf') || ('family' in op && op.family === 6);
  assert.deepEqual(planned.value.ops.filter(about), []);
  assert.ok(planned.value.ops.some(({ kind }) => kind === 'addr.add'));
});
