/** Transactions and boots of a host whose nics have virtual functions, on a tree of files that stands for sysfs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import { SriovTree, TreeKernel, type TreeOptions } from '../execute/sriov-tree-for-tests.ts';
import { ip4, network } from '../plan/host-for-tests.ts';
import { bootRestore } from './boot-restore.ts';
import type { TransactionParts } from './parts.ts';
import { applyRequest, openTrial, staysSilent } from './testing.ts';

const config = (count: number, networks: Record<string, NetworkConfig> = {}): HostConfig => ({
  ...{ bonds: {}, networks },
  virtualFunctions: { eth5: count },
});
const onFunction = { red: network({ base: 'eth5v1', bridged: false, ipv4: ip4('198.51.100.5') }) };

async function newHost(t: TestContext, tree: Partial<TreeOptions> = {}, part: Partial<TransactionParts> = {}) {
  const files = new SriovTree({ nics: { eth5: 7, eth0: 7 }, ...tree });
  const kernel = new TreeKernel(files, 1000);
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  t.after(() => {
    files.close();
    rmSync(folder, { recursive: true });
  });
  const { transactions, parts } = await openTrial(folder, kernel, part);
  let done = 0;
  return {
    ...{ files, kernel, parts },
    async apply(wanted: HostConfig, force = false) {
      done += 1;
      const transaction = `t${done}`;
      assert.ok((await transactions.apply(applyRequest({ transaction, config: wanted, force }))).accepted);
      await transactions.idle();
      return (await transactions.outcome(transaction)).ended;
    },
    async has(name: string, address: string) {
      const link = (await kernel.observe()).links.find((one) => one.name === name);
      return link?.addresses.some((one) => one.address === address) ?? false;
    },
  };
}

describe('virtual functions in a transaction', () => {
  test('are made, kept and part of what the next boot restores', async (t) => {
    const host = await newHost(t);
    const ended = await host.apply(config(2));
    assert.deepEqual([ended?.outcome, ended?.problem], ['committed', null]);
    assert.deepEqual(host.files.functions('eth5'), ['eth5v0', 'eth5v1']);
    assert.deepEqual(await host.parts.documents.committed(), config(2));
    assert.equal((await host.apply(config(2)))?.changed, false);
  });

  test('X25 go again when nobody confirms them', async (t) => {
    const host = await newHost(t, {}, { confirm: staysSilent });
    const before = await host.kernel.observe();
    const ended = await host.apply(config(3));
    assert.deepEqual([ended?.outcome, ended?.problem?.code], ['reverted', 'ERR_LOST_CONNECTION']);
    assert.deepEqual(host.files.written, ['eth5 3', 'eth5 0']);
    assert.deepEqual(await host.kernel.observe(), before);
  });

  test('that a driver does not bring about are taken back, with a code of their own', async (t) => {
    const host = await newHost(t, { driver: 'stuck' });
    const ended = await host.apply(config(2));
    assert.deepEqual([ended?.outcome, ended?.problem?.code], ['reverted', 'UPDATE_NUM_VFS_FAILURE']);
    assert.match(ended?.problem?.message ?? '', /sriov.numvfs device=eth5 count=2 failed: .*has no nic/);
    assert.deepEqual(host.files.written, ['eth5 2', 'eth5 0']);
  });

  test('HT-187 keep their number while a network uses one', async (t) => {
    const host = await newHost(t);
    await host.apply(config(2));
    assert.equal((await host.apply(config(2, onFunction)))?.outcome, 'committed');
    const before = await host.kernel.observe();
    for (const wanted of [config(4, onFunction), config(0), config(0, onFunction)]) {
      const ended = await host.apply(wanted);
      assert.deepEqual([ended?.outcome, ended?.problem?.code], ['unchanged', 'ERR_USED_NIC']);
      assert.match(ended?.problem?.message ?? '', /eth5v1 \((red|a network)\)/);
    }
    assert.deepEqual(await host.kernel.observe(), before, 'the kernel was not touched');
    assert.equal((await host.apply(config(2)))?.outcome, 'committed', 'once the network is gone');
    assert.equal((await host.apply(config(0)))?.outcome, 'committed');
    assert.deepEqual(host.files.functions('eth5'), []);
  });

  test('keep their number while somebody else has one', async (t) => {
    const host = await newHost(t);
    await host.apply(config(2));
    host.files.takeAway('eth5v0');
    const ended = await host.apply(config(0));
    assert.match(ended?.problem?.message ?? '', /1 given to a VM or a container/);
  });

  test('of the nic that carries the engine’s connection are changed by force alone', async (t) => {
    const host = await newHost(t, {}, { management: () => '192.0.2.5' });
    const wanted: HostConfig = { ...config(0), virtualFunctions: { eth0: 1 } };
    const refused = await host.apply(wanted);
    assert.deepEqual([refused?.outcome, refused?.problem?.code], ['unchanged', 'ERR_USED_NIC']);
    assert.deepEqual(host.files.written, []);
    assert.equal((await host.apply(wanted, true))?.outcome, 'committed');
    assert.deepEqual(host.files.functions('eth0'), ['eth0v0']);
    assert.ok(await host.has('eth0', '192.0.2.5'));
  });
});

describe('virtual functions after a boot', () => {
  test('HT-139 are there before the networks that stand on them', async (t) => {
    const host = await newHost(t);
    await host.apply(config(2));
    await host.apply(config(2, onFunction));
    host.files.reboot();
    assert.deepEqual(host.files.functions('eth5'), []);
    assert.ok(!(await host.has('eth5v1', '198.51.100.5')));
    assert.equal(await bootRestore(host.parts), null);
    assert.ok(await host.has('eth5v1', '198.51.100.5'));
    assert.deepEqual(host.files.written, ['eth5 2']);
    assert.equal(await bootRestore(host.parts), null, 'and again, should the agent have died in between');
    assert.deepEqual(host.files.written, ['eth5 2']);
  });

  test('cost what stands on them when their nic fails, is missing or has other functions in use', async (t) => {
    const host = await newHost(t);
    const blue = network({ base: 'eth1', ipv4: ip4('203.0.113.5') });
    const wanted = { ...config(2, { ...onFunction, blue }), virtualFunctions: { eth1: 1, eth5: 2, eth8: 1 } };
    await host.parts.documents.setCommitted(wanted);
    await host.kernel.execute([{ kind: 'sriov.numvfs', device: 'eth5', count: 1 }]);
    host.files.takeAway('eth5v0');
    assert.equal(
      await bootRestore(host.parts),
      'eth1 has not its 1 virtual functions: it is no SR-IOV physical function. ' +
        'eth5 has not its 2 virtual functions: in use are 1 given to a VM or a container. Missing after boot: eth5v1, eth8.',
    );
    assert.ok(await host.has('blue', '203.0.113.5'), 'the rest is there');
    assert.deepEqual(await host.parts.documents.running(), wanted, 'the wish stays whole');
  });

  test('that the host made of itself are replaced while nobody uses them', async (t) => {
    const host = await newHost(t);
    await host.parts.documents.setCommitted(config(2));
    await host.kernel.execute([{ kind: 'sriov.numvfs', device: 'eth5', count: 3 }]);
    assert.equal(await bootRestore(host.parts), null);
    assert.deepEqual(host.files.written, ['eth5 3', 'eth5 0', 'eth5 2']);
  });
});
