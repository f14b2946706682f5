/** Settings of ethtool on a real kernel, as far as a veth has them (HT-042). Runs on a lab host, as root; uses eth1 to eth3. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import type { EthtoolConfig, HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { closerLook, ethtoolOf, looked } from '../observe/ethtool.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { batch, bond, essence, kernel, link, network } from './real-kernel-for-tests.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;

const on = (base: string, section: EthtoolConfig['section'], values: Record<string, string>): HostConfig => ({
  bonds: base === 'bond0' ? { bond0: bond(['eth2', 'eth3']) } : {},
  networks: { blue: network({ base, vlan: 5, ethtool: [{ device: '*', section, values }] }) },
});
const offload = (device: string, label: string) =>
  new RegExp(`^${label}: (\\w+)`, 'm').exec(spawnSync('ethtool', ['-k', device], { encoding: 'utf8' }).stdout)?.[1];
const TX = 'tx-checksumming';
const GSO = 'generic-segmentation-offload';

async function reach(config: HostConfig): Promise<KernelState> {
  const before = await kernel.observe(closerLook(ethtoolOf(config)));
  const plan = planFor(before, config);
  assert.ok(plan.ok, JSON.stringify(plan));
  const execution = await kernel.execute(plan.value.ops);
  assert.ok(execution.ok, JSON.stringify(execution));
  const after = await kernel.observe();
  const again = planFor(after, config);
  assert.deepEqual(again.ok && again.value.ops, [], 'the marks say what to read');
  return before;
}

describe('ethtool on a real kernel', { skip: possible ? false : 'runs on a lab host', timeout: 300_000 }, () => {
  let start: KernelState;
  before(async () => {
    await batch(...[1, 2, 3].map((nic) => `link set eth${nic} up`));
    start = await kernel.observe();
  });

  test('offloads of a nic go off, and on again when nobody wants them off', async () => {
    await reach(on('eth1', 'features', { tx: 'off', gso: 'off' }));
    assert.deepEqual([offload('eth1', TX), offload('eth1', GSO)], ['off', 'off']);
    await reach(on('eth1', 'features', { tx: 'off' }));
    assert.deepEqual([offload('eth1', TX), offload('eth1', GSO)], ['off', 'on']);
    await reach({ bonds: {}, networks: {} });
    assert.equal(offload('eth1', TX), 'on');
    assert.deepEqual(essence(await kernel.observe()), essence(start));
  });

  test('every slave of a bond follows; another hand is seen, and a revert brings back what was', async () => {
    const config = on('bond0', 'features', { tx: 'off' });
    const snapshot = await reach(config);
    for (const nic of ['eth2', 'eth3']) assert.equal(offload(nic, TX), 'off');
    spawnSync('ethtool', ['-K', 'eth3', 'tx', 'on']);
    assert.deepEqual(link(await kernel.observe(), 'eth3').ethtool, { features: { tx: 'on' } });
    await reach(config);
    assert.equal(offload('eth3', TX), 'off');
    const back = planRestore(await kernel.observe(looked(snapshot)), snapshot);
    assert.ok((await kernel.execute(back.ops)).ok);
    for (const nic of ['eth2', 'eth3']) assert.equal(offload(nic, TX), 'on');
    assert.deepEqual(planRestore(await kernel.observe(looked(snapshot)), snapshot).ops, []);
  });

  test('what a nic cannot change is refused before anything is done', async () => {
    const wishes = [
      on('eth1', 'features', { lro: 'on' }),
      on('eth1', 'features', { nosuch: 'on' }),
      on('eth1', 'ring', { rx: '512' }),
    ];
    for (const config of wishes) {
      const plan = planFor(await kernel.observe(closerLook(ethtoolOf(config))), config);
      assert.equal(plan.ok ? 'accepted' : plan.problem.code, 'ERR_BAD_PARAMS', JSON.stringify(config));
    }
  });
});
