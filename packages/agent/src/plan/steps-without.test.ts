import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import { bond, ip4, network, TestHost, words } from './host-for-tests.ts';
import { stepsWithout } from './steps-without.ts';

/** What is done of the way to a config when the steps up to the first of these were taken and that was refused. */
function without(host: TestHost, config: HostConfig, isRefused: (op: KernelOp) => boolean): string[] {
  const { ops } = host.plan(config);
  const at = ops.findIndex(isRefused);
  const refused = ops[at];
  assert.ok(refused !== undefined);
  const rest = stepsWithout(host.state, ops, new Set(ops.slice(0, at)), new Set([refused]));
  host.run([...ops.slice(0, at), ...rest]);
  return words(rest);
}

test('an address stays where it is when the device that was to have it cannot be made', () => {
  const host = TestHost.managed();
  const config: HostConfig = {
    bonds: {},
    networks: {
      mgmt: network({ base: 'eth0', ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true }),
      other: network({ base: 'eth1', vlan: 5 }),
    },
  };
  without(host, config, (op) => op.kind === 'link.add' && op.name === 'mgmt');
  assert.deepEqual(
    host.link('eth0').addresses.map(({ address }) => address),
    ['192.0.2.5'],
  );
  assert.equal(host.state.routes.find(({ destination }) => destination === 'default')?.device, 'eth0');
  assert.equal(host.link('other').kind, 'bridge');
});

test('an address moves all the same when something else was refused', () => {
  const host = TestHost.managed();
  const config: HostConfig = {
    bonds: {},
    networks: {
      mgmt: network({ base: 'eth0', ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true }),
      other: network({ base: 'eth0', vlan: 5 }),
    },
  };
  const steps = without(host, config, (op) => op.kind === 'link.add' && op.base === 'eth0');
  assert.ok(steps.includes('addr.del eth0 address=192.0.2.5'), steps.join());
  assert.deepEqual(
    host.link('mgmt').addresses.map(({ address }) => address),
    ['192.0.2.5'],
  );
});

test('a nic is not set down for a bond that is not there', () => {
  const host = TestHost.managed();
  const steps = without(
    host,
    { bonds: { bond0: bond(['eth1', 'eth2']) }, networks: {} },
    ({ kind }) => kind === 'link.add',
  );
  assert.deepEqual(
    steps.filter((step) => /eth[12]/.test(step) && /^link/.test(step)),
    [],
  );
  assert.ok(host.link('eth1').adminUp);
});
