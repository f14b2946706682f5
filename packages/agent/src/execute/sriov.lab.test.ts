/**
 * Virtual functions on a real kernel, as far as one has them without the hardware: what sysfs would tell stands in a tree of files,
 * and a function is one end of a veth pair (HT-186 to HT-188). Runs on a lab host, as root; uses eth1 and eth5.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { refusal } from '../plan/refusal.ts';
import { kernelAlone } from './kernel-alone.ts';
import type { LinuxKernel } from './linux-kernel.ts';
import { batch, essence, has, ip, link, network } from './real-kernel-for-tests.ts';
import { type NicMaker, SriovTree } from './sriov-tree-for-tests.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;

function tell(...words: string[]): void {
  const { status, stderr } = spawnSync('ip', words, { encoding: 'utf8' });
  assert.equal(status, 0, `ip ${words.join(' ')}: ${stderr}`);
}

const nicMaker: NicMaker = {
  add(name) {
    tell('link', 'add', name, 'type', 'veth', 'peer', 'name', `p-${name}`);
    return Number(readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8'));
  },
  rename: (name, to) => tell('link', 'set', name, 'name', to),
  remove: (name) => tell('link', 'del', name),
};

const wants = (count: number, networks: Record<string, NetworkConfig> = {}): HostConfig => ({
  ...{ bonds: {}, networks },
  virtualFunctions: { eth5: count },
});

describe('virtual functions beside a real kernel', { skip: possible ? false : 'runs on a lab host' }, () => {
  let tree: SriovTree;
  let kernel: LinuxKernel;
  let start: KernelState;
  before(async () => {
    tree = new SriovTree({ nics: { eth5: 7 }, nicMaker });
    kernel = kernelAlone({ sriovRoot: tree.root });
    await batch('link set eth5 up');
    start = await kernel.observe();
  });
  after(() => tree?.close());

  /** Brings the host to a config, and shows that nothing is left to do. */
  const reach = async (config: HostConfig): Promise<KernelState> => {
    const state = await kernel.observe();
    assert.equal(refusal(state, config, null, false), null);
    const planned = planFor(state, config);
    assert.ok(planned.ok, JSON.stringify(planned));
    assert.deepEqual(await kernel.execute(planned.value.ops), { ok: true });
    const now = await kernel.observe();
    const left = planFor(now, config);
    assert.deepEqual(left.ok && left.value.ops, []);
    return now;
  };
  const functions = ({ links }: KernelState) =>
    links.flatMap(({ name, sriov }) => (sriov?.pf === 'eth5' ? [name] : [])).sort();

  test('HT-186 come with the names that they end up with, and carry networks', async () => {
    assert.deepEqual(functions(await reach(wants(2))), ['eth5v0', 'eth5v1']);
    assert.deepEqual(functions(await reach(wants(4))), ['eth5v0', 'eth5v1', 'eth5v2', 'eth5v3']);
    const red = network({ base: 'eth5v3', vlan: 7, ipv4: ip('198.51.100.5') });
    const state = await reach(wants(4, { red }));
    assert.equal(link(state, 'eth5v3.7').master, 'red');
    assert.ok(has(state, 'red', '198.51.100.5'));
  });

  test('HT-187 stay while a network uses one, and go when it is gone', async () => {
    const before = await kernel.observe();
    const problem = refusal(before, wants(0), null, false);
    assert.match(problem?.message ?? '', /in use are eth5v3 \(eth5v3\.7\)/);
    const planned = planFor(before, wants(0));
    assert.ok(planned.ok && !planned.value.ops.some(({ kind }) => kind === 'sriov.numvfs'));
    await reach(wants(4));
    assert.deepEqual(functions(await reach(wants(0))), []);
    assert.deepEqual(essence(await kernel.observe()), essence(start));
  });

  test('come back as many as there were', async () => {
    const two = await reach(wants(2));
    await reach(wants(3));
    for (const snapshot of [two, start]) {
      for (let round = 0; round < 2; round += 1) {
        const { ops } = planRestore(await kernel.observe(), snapshot);
        assert.deepEqual(await kernel.execute(ops), { ok: true });
      }
      const now = await kernel.observe();
      assert.deepEqual(planRestore(now, snapshot).ops, []);
      assert.deepEqual(functions(now), functions(snapshot));
    }
  });

  test('HT-188 belong to a VM with the MAC of its macvtap', async (t) => {
    await reach(wants(1));
    const made = spawnSync('ip', 'link add link eth5v0 name tap0 type macvtap mode passthru'.split(' '));
    if (made.status !== 0) return t.skip('this kernel has no macvtap');
    const state = await kernel.observe();
    assert.equal(link(state, 'tap0').mac, link(state, 'eth5v0').mac);
    assert.equal(link(state, 'eth5v0').kind, 'other');
    assert.match(refusal(state, wants(0), null, false)?.message ?? '', /eth5v0 \(a VM\)/);
    tell('link', 'del', 'tap0');
    assert.equal(link(await kernel.observe(), 'eth5v0').kind, 'nic');
    await reach(wants(0));
  });
});
