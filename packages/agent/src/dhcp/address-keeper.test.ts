/** What is kept up between transactions, on a host that is a table. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import { network, TestHost } from '../plan/host-for-tests.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { AddressKeeper } from './address-keeper.ts';
import type { HostDhcpClients } from './clients.ts';

/** What the keeper does once about a host. @throws what it says when it does nothing */
function kept(host: TestHost, config: HostConfig): Promise<readonly KernelOp[]> {
  const clients: Partial<HostDhcpClients> = {
    leaseFolder: mkdtempSync(join(tmpdir(), 'patchbay-')),
    note: async () => {},
    left: async () => [],
    forgetAllBut: async () => {},
  };
  return new Promise((resolve, reject) => {
    const keeper = new AddressKeeper({
      clients: clients as HostDhcpClients,
      kernel: {
        observe: async () => host.state,
        execute: async (ops) => {
          resolve(ops);
          return { ok: true };
        },
      },
      planner: { forward: planFor, restore: planRestore },
      turn: (work) => work().finally(() => keeper.close()),
      configInForce: async () => config,
      changing: () => true,
      management: () => null,
      settled: () => {},
      log: (level, message, facts) => {
        if (level !== 'info') reject(new Error(`${message}: ${JSON.stringify(facts)}`));
      },
    });
    keeper.wake();
  });
}

test('a lease is followed while something foreign is plugged into the bridge of a nic that is gone', async () => {
  const config: HostConfig = {
    bonds: {},
    networks: {
      vms: network({ base: 'eth1' }),
      leased: network({ base: 'eth5', bridged: false, ipv4: { method: 'dhcp' } }),
    },
  };
  const host = TestHost.managed();
  host.apply(config);
  host.world.insert({ ...host.link('eth4'), name: 'vnet0', kind: 'other', master: 'vms' });
  host.world.drop(host.link('eth1'));
  host.lease('eth5', '203.0.113.7/24', '203.0.113.1');
  const ops = await kept(host, config);
  assert.deepEqual(
    ops.flatMap((op) => (op.kind === 'addr.add' ? [[op.device, op.address]] : [])),
    [['eth5', '203.0.113.7']],
  );
  host.run(ops);
  assert.equal(host.link('vnet0').master, 'vms');
});
