/** On a tree of files that stands for sysfs: no kernel that tests run on has a nic with SR-IOV. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { setNumvfs } from './sriov.ts';
import { SriovTree, TreeKernel, type TreeOptions } from './sriov-tree-for-tests.ts';

function treeFor(t: TestContext, options: Partial<TreeOptions> = {}): SriovTree {
  const tree = new SriovTree({ nics: { eth5: 7 }, ...options });
  t.after(() => tree.close());
  return tree;
}
const numvfs = (tree: SriovTree, count: number, patience = 2000) =>
  setNumvfs({ kind: 'sriov.numvfs', device: 'eth5', count }, tree.root, patience);
const wants = (count: number): HostConfig => ({ bonds: {}, networks: {}, virtualFunctions: { eth5: count } });

describe('virtual functions of a nic', () => {
  test('HT-186 from 0 to 2 to 4 to 0, each time over 0, and done when every name has settled', async (t) => {
    const tree = treeFor(t);
    const kernel = new TreeKernel(tree);
    const start = await kernel.observe();
    for (const count of [2, 4, 0]) {
      const planned = planFor(await kernel.observe(), wants(count));
      assert.ok(planned.ok);
      assert.deepEqual(await kernel.execute(planned.value.ops), { ok: true });
      const names = Array.from({ length: count }, (_, at) => `eth5v${at}`);
      assert.deepEqual(tree.functions('eth5'), names, 'nothing has the name that the kernel gave it first');
      const { links } = await kernel.observe();
      const pf = links.find(({ name }) => name === 'eth5')?.sriov;
      assert.deepEqual(pf, { total: 7, current: count, held: 0, pf: null, vfIndex: null });
      const made = links.filter(({ sriov }) => sriov?.pf === 'eth5').map(({ name, sriov }) => [name, sriov?.vfIndex]);
      assert.deepEqual(
        made,
        names.map((name, at) => [name, at]),
      );
      const left = planFor(await kernel.observe(), wants(count));
      assert.deepEqual(left.ok && left.value.ops, []);
    }
    assert.deepEqual(tree.written, ['eth5 2', 'eth5 0', 'eth5 4', 'eth5 0']);
    assert.deepEqual(tree.refused, []);
    assert.deepEqual(planRestore(await kernel.observe(), start).ops, []);
  });

  test('have their names at once where no udev runs', async (t) => {
    const tree = treeFor(t, { udev: false });
    await numvfs(tree, 3);
    assert.deepEqual(tree.functions('eth5'), ['eth5v0', 'eth5v1', 'eth5v2']);
  });

  test('that are kept for VMs, or get no driver, have no names to wait for', async (t) => {
    for (const driver of ['vfio-pci', null] as const) {
      const tree = treeFor(t, { driver });
      const start = performance.now();
      await numvfs(tree, 2, 10_000);
      assert.deepEqual(tree.functions('eth5'), []);
      assert.ok(performance.now() - start < 900, `${driver}: it did not wait for a driver`);
    }
  });

  test('whose driver the host does not have are waited for a little, should it be on its way', async (t) => {
    const tree = treeFor(t, { driver: 'absent' });
    const start = performance.now();
    await numvfs(tree, 1, 3000);
    const passed = performance.now() - start;
    assert.ok(passed >= 300 && passed < 3000, `${passed} ms`);
  });

  test('whose driver makes no nic are told of when the patience ends', async (t) => {
    const tree = treeFor(t, { driver: 'stuck' });
    await assert.rejects(numvfs(tree, 2, 300), /After 0.3 s virtual function 0 has no nic \(driver stuck\)/);
  });

  test('are asked of no nic that has none, and no file is made for it', async (t) => {
    const tree = treeFor(t);
    await assert.rejects(setNumvfs({ kind: 'sriov.numvfs', device: 'eth1', count: 1 }, tree.root), /ENOENT/);
    await assert.rejects(setNumvfs({ kind: 'sriov.numvfs', device: '../eth5', count: 1 }, tree.root), /not a device/);
    assert.ok(!existsSync(`${tree.root}/sys/class/net/eth1`));
  });
});
