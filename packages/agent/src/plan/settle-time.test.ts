import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import { bond, ip4, network, TestHost } from './host-for-tests.ts';
import { northboundAfter } from './northbound.ts';
import { planFor } from './plan-for.ts';

const management = (part: Partial<NetworkConfig>, bonds: HostConfig['bonds'] = {}): HostConfig => ({
  bonds,
  networks: { mgmt: network({ base: 'eth0', ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true, ...part }) },
});

function settleTime(config: HostConfig): number {
  const planned = planFor(TestHost.managed().state, config, '192.0.2.5');
  assert.ok(planned.ok, JSON.stringify(planned));
  return planned.value.settleTime;
}

test('the way to the engine is given time by what comes under it', () => {
  const beside = { bonds: {}, networks: { red: network({ base: 'eth3', stp: true }) } };
  assert.equal(settleTime(beside), 0, 'a change beside the way needs none');
  assert.equal(settleTime(management({})), 10_000, 'a carrier');
  assert.equal(settleTime(management({ stp: true })), 40_000, 'spanning tree listens and learns');
  const delay = { stp: true, bridgeOptions: { forward_delay: '400' } };
  assert.equal(settleTime(management(delay)), 18_000, 'as long as its forward delay says');
  const on = (options: Record<string, string>) =>
    management({ base: 'bond0' }, { bond0: bond(['eth0', 'eth1'], options) });
  assert.equal(settleTime(on({ mode: '1' })), 10_000);
  assert.equal(settleTime(on({ mode: '4' })), 100_000, 'partners that speak every thirty seconds');
  assert.equal(settleTime(on({ mode: '4', lacp_rate: 'fast' })), 20_000, 'partners that speak every second');
  assert.equal(settleTime(management({ ipv4: { method: 'dhcp' } })), 40_000, 'a server that is asked several times');
});

test('the engine is to be reached by the same network as before, else by what takes over its address or its device', () => {
  const { state } = TestHost.managed();
  const nothing: HostConfig = { bonds: {}, networks: {} };
  const way = { device: 'eth0', local: '192.0.2.5' };
  const after = (config: HostConfig, running = nothing, from = way) => northboundAfter(state, from, running, config);
  assert.equal(after(management({})), 'mgmt');
  assert.equal(after(management({ bridged: false, vlan: 7 })), 'eth0.7');
  assert.equal(after(nothing), 'eth0');
  assert.equal(after(management({ ipv4: ip4('203.0.113.5') })), 'mgmt', 'the device is in its hands');
  const bonded = { bond0: bond(['eth0', 'eth1']) };
  assert.equal(after(management({ base: 'bond0', ipv4: ip4('203.0.113.5') }, bonded)), 'mgmt');
  assert.equal(after({ bonds: bonded, networks: {} }), 'bond0');
  const moved = management({ base: 'eth4', bridged: false, ipv4: ip4('203.0.113.5') });
  assert.equal(after(moved, management({ bridged: false })), 'eth4', 'the same network with another address elsewhere');
});
