import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EthtoolConfig, HostConfig, KernelOp } from '@patchbay/protocol';
import { readAlias } from '../observe/ownership.ts';
import { bond, network, TestHost } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';

const offloads = (device: string, values: Record<string, string>): EthtoolConfig => ({
  device,
  section: 'features',
  values,
});
const on = (base: string, ...ethtool: EthtoolConfig[]): HostConfig => ({
  bonds: base === 'bond0' ? { bond0: bond(['eth2', 'eth3']) } : {},
  networks: { blue: network({ base, vlan: 5, ethtool }) },
});
const set = (ops: readonly KernelOp[]) =>
  ops.flatMap((op) => (op.kind === 'ethtool.set' ? [[op.device, op.section, op.values]] : []));

function host(): TestHost {
  const made = new TestHost();
  for (const link of made.world.links.values()) {
    link.ethtool = { features: { tx: 'on', gro: 'on' }, ring: { rx: '256' } };
  }
  return made;
}

describe('settings of ethtool', () => {
  test('are set on the nic, remembered, and taken back one by one and with the network', () => {
    const h = host();
    const ring: EthtoolConfig = { device: 'eth1', section: 'ring', values: { rx: '512' } };
    const plan = h.apply(on('eth1', offloads('eth1', { tx: 'off' }), ring));
    assert.deepEqual(set(plan.ops), [
      ['eth1', 'features', { tx: 'off' }],
      ['eth1', 'ring', { rx: '512' }],
    ]);
    assert.ok(plan.risks.some((risk) => /eth1 changes its ring/.test(risk)));
    assert.deepEqual(readAlias(h.link('eth1').alias)?.ethtool, { features: { tx: 'on' }, ring: { rx: '256' } });
    assert.deepEqual(set(h.apply(on('eth1', offloads('*', { tx: 'off', gro: 'off' }))).ops), [
      ['eth1', 'features', { gro: 'off' }],
      ['eth1', 'ring', { rx: '256' }],
    ]);
    const { ops } = h.apply({ bonds: {}, networks: {} });
    assert.deepEqual(set(ops), [['eth1', 'features', { gro: 'on', tx: 'on' }]]);
    assert.equal(h.link('eth1').alias, null);
  });

  test('a speed that nobody can see without a carrier is neither wrong nor refused', () => {
    const h = host();
    const nic = h.link('eth1');
    nic.ethtool = { link: { speed: '100' } };
    const fast: EthtoolConfig = { device: 'eth1', section: 'link', values: { speed: '1000' } };
    h.apply(on('eth1', fast));
    nic.ethtool = { link: { speed: 'unknown!' } };
    assert.deepEqual(set(h.plan(on('eth1', fast)).ops), [['eth1', 'link', { speed: '1000' }]], 'a nic that never says');
    nic.carrier = false;
    assert.deepEqual(set(h.plan(on('eth1', fast)).ops), []);
    nic.ethtool = { link: { speed: '100' } };
    assert.deepEqual(set(h.plan(on('eth1', fast)).ops), [['eth1', 'link', { speed: '1000' }]]);
  });

  test('reach every slave of a bond, and leave the one that goes', () => {
    const h = host();
    const wish = offloads('*', { tx: 'off' });
    const both = set(h.apply(on('bond0', wish)).ops);
    assert.deepEqual(
      both.map(([device]) => device),
      ['eth2', 'eth3'],
    );
    const config = on('bond0', wish);
    const fewer = h.apply({ ...config, bonds: { bond0: bond(['eth2']) } });
    assert.deepEqual(set(fewer.ops), [['eth3', 'features', { tx: 'on' }]]);
  });

  test('come back with the state before', () => {
    const h = host();
    const before = h.state;
    h.apply(on('eth1', offloads('*', { tx: 'off' })));
    h.run(planRestore(h.state, before).ops);
    assert.deepEqual(h.link('eth1').ethtool, before.links.find(({ name }) => name === 'eth1')?.ethtool);
  });

  test('are refused when the nic cannot change them, does not carry the network, or is asked for two things', () => {
    assert.equal(host().problem(on('eth1', offloads('*', { lro: 'on' }))), 'ERR_BAD_PARAMS');
    assert.equal(host().problem(on('eth1', offloads('eth2', { tx: 'off' }))), 'ERR_BAD_PARAMS');
    const one = on('eth1', offloads('*', { tx: 'off' }));
    const networks = { ...one.networks, red: network({ base: 'eth1', ethtool: [offloads('*', { tx: 'on' })] }) };
    assert.equal(host().problem({ ...one, networks }), 'ERR_BAD_PARAMS');
    const h = host();
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`a-long-feature-name-${at}`, 'off']));
    h.link('eth1').ethtool = { features: many };
    assert.equal(h.problem(on('eth1', offloads('*', many))), 'ERR_BAD_PARAMS');
  });
});
