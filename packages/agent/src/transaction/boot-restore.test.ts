import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import { isForOthers } from '../execute/runs.ts';
import { ScarceDisk } from '../persist/disk-for-tests.ts';
import { Documents } from '../persist/documents.ts';
import { devicesOf } from '../plan/devices-of.ts';
import { planFor } from '../plan/plan-for.ts';
import { bootRestore, restoreConfig } from './boot-restore.ts';
import { keepMacs } from './keep-macs.ts';
import { applyRequest, FileKernel, neverTheSameLease, openTrial, richConfig } from './testing.ts';

async function newHost() {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const { parts, transactions } = await openTrial(join(folder, 'state'), kernel);
  return { kernel, parts, transactions };
}

test('what was committed comes back, and what was only running does not', async () => {
  const { kernel, parts } = await newHost();
  await parts.documents.setCommitted(richConfig);
  await parts.documents.setRunning({ bonds: {}, networks: {} });
  assert.equal(await bootRestore(parts), null);
  const planned = planFor(await kernel.observe(), richConfig);
  assert.deepEqual(planned.ok && planned.value.ops, []);
  assert.deepEqual(await parts.documents.running(), richConfig);
  assert.equal((await parts.documents.macs())['bond0']?.mac, '02:00:00:00:00:02', 'for the boot after this one');
});

test('what was committed comes back where nothing can be written, which is told', async () => {
  for (const refuse of ['fill', 'makeReadOnly'] as const) {
    const { kernel, parts } = await newHost();
    const disk = new ScarceDisk();
    const documents = await Documents.open(disk, parts.stateDirectory);
    await documents.setCommitted(richConfig);
    await documents.setRunning({ bonds: {}, networks: {} });
    disk[refuse]();
    const said: string[] = [];
    const log: typeof parts.log = (level, message, { what } = {}) => said.push(`${level} ${message} ${what}`);
    assert.equal(await bootRestore({ ...parts, documents, log }), null);
    const planned = planFor(await kernel.observe(), richConfig);
    assert.deepEqual(planned.ok && planned.value.ops, []);
    const unkept = ['the running config', 'the MACs of bonds and bridges'];
    assert.deepEqual(
      said,
      unkept.map((what) => `error not written ${what}`),
    );
    assert.deepEqual(await documents.running(), richConfig, 'for whoever has brought it up');
    await assert.rejects(documents.setCommitted({ bonds: {}, networks: {} }), /refused/);
    disk.mend();
    await documents.setRunning(richConfig);
    assert.deepEqual(await parts.documents.running(), richConfig);
  }
});

test('a bond comes back with the MAC that it got, and is a new one when it was removed', async () => {
  const { kernel, parts, transactions } = await newHost();
  parts.management = () => 'eth2';
  const mac = async (on = kernel) => (await on.observe()).links.find(({ name }) => name === 'bond0')?.mac;
  const apply = async (part: Parameters<typeof applyRequest>[0]) => {
    await transactions.apply(applyRequest(part));
    await transactions.idle();
  };
  await apply({ transaction: 't1' });
  assert.equal(await mac(), '02:00:00:00:00:03', 'the host is reached by that one');
  const booted = FileKernel.create(join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel'));
  assert.equal(await bootRestore({ ...parts, kernel: booted }), null);
  assert.equal(await mac(booted), '02:00:00:00:00:03');

  // What the host was asked for is made as it was, where another hand has removed it.
  parts.management = () => null;
  await kernel.execute([{ kind: 'link.del', name: 'bond0' }]);
  await apply({ transaction: 't2' });
  assert.equal(await mac(), '02:00:00:00:00:03');

  await apply({ transaction: 't3', config: { bonds: {}, networks: {} }, commit: false });
  await apply({ transaction: 't4' });
  assert.equal(await mac(), '02:00:00:00:00:02');
  await transactions.commitRunning();
  assert.equal((await parts.documents.macs())['bond0']?.mac, '02:00:00:00:00:02');
});

test('a bond comes back with the MAC that it had as committed, whatever was tried since', async () => {
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const smaller: HostConfig = { ...richConfig, bonds: { bond0: { slaves: ['eth1'], options: { mode: '1' } } } };
  const red = { ...blue, base: 'eth2', ipv4: { method: 'none' }, defaultRoute: false, nameservers: null } as const;
  const tried: HostConfig = { ...smaller, networks: { blue, red } };
  // The smaller one says the same of the bond as what is tried, which all the same uses the nic that the bond's MAC came from.
  for (const committed of [richConfig, smaller]) {
    const { kernel, parts, transactions } = await newHost();
    const apply = async (part: Parameters<typeof applyRequest>[0]) => {
      await transactions.apply(applyRequest({ transaction: randomUUID(), ...part }));
      await transactions.idle();
    };
    const mac = async (on: typeof kernel) => (await on.observe()).links.find(({ name }) => name === 'bond0')?.mac;
    parts.management = () => 'eth2';
    await apply({ config: richConfig });
    parts.management = () => null;
    await apply({ config: committed });
    assert.equal(await mac(kernel), '02:00:00:00:00:03');
    await apply({ config: tried, commit: false });
    assert.equal(await mac(kernel), '02:00:00:00:00:02');

    await keepMacs(parts, () => kernel.observe());
    assert.equal(await restoreConfig(parts, tried, new Set(['eth1'])), null);
    const booted = FileKernel.create(join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel'));
    assert.equal(await bootRestore({ ...parts, kernel: booted }), null);
    assert.equal(await mac(booted), '02:00:00:00:00:03');

    await apply({ config: tried, commit: false });
    await transactions.commitRunning();
    assert.equal((await parts.documents.macs())['bond0']?.mac, '02:00:00:00:00:02');
  }
});

test('what udev does to a nic that has come is no more than the beginning', async () => {
  const { kernel, parts } = await newHost();
  await parts.documents.setCommitted(richConfig);
  parts.udevHasActed = async () => {
    const done = await kernel.execute([{ kind: 'link.set', name: 'eth1', mtu: 1400 }]);
    assert.ok(done.ok);
  };
  const touched: string[] = [];
  parts.kernel = {
    observe: () => kernel.observe(),
    async execute(...given) {
      touched.push(`${(await kernel.observe()).links.find(({ name }) => name === 'eth1')?.mtu}`);
      return kernel.execute(...given);
    },
  };
  assert.equal(await bootRestore(parts), null);
  assert.equal(touched[0], '1400', 'udev was first');
  assert.equal((await kernel.observe()).links.find(({ name }) => name === 'eth1')?.mtu, 1500);
});

test('a dead nic costs what stands on it alone', async () => {
  const { kernel, parts } = await newHost();
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const config: HostConfig = {
    bonds: { bond0: { slaves: ['eth1', 'eth8'], options: { mode: '1' } } },
    networks: { blue, red: { ...blue, base: 'eth9', defaultRoute: false, nameservers: null } },
  };
  await parts.documents.setCommitted(config);
  assert.equal(await bootRestore(parts), 'Missing after boot: eth8, eth9.');
  const names = (await kernel.observe()).links.map(({ name }) => name);
  assert.ok(names.includes('blue') && !names.includes('red'), names.join());
  assert.deepEqual(await parts.documents.running(), config, 'the wish stays whole');
});

test('what the host does not accept any more is left out, and costs nothing else', async () => {
  const { kernel, parts } = await newHost();
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const plain = { ...blue, ipv4: { method: 'none' }, defaultRoute: false, nameservers: null } as const;
  const config: HostConfig = {
    bonds: {
      bond0: { slaves: ['eth1'], options: { mode: '1', no_such_option: '1' } },
      bond1: { slaves: ['eth2'], options: { mode: '1' } },
    },
    networks: {
      blue: { ...blue, base: 'eth0' },
      green: { ...plain, base: 'bond0', vlan: 5 },
      red: { ...plain, base: 'bond1', vlan: 6 },
    },
  };
  await parts.documents.setCommitted(config);
  assert.match((await bootRestore(parts)) ?? '', /no_such_option/);
  const names = new Set((await kernel.observe()).links.map(({ name }) => name));
  assert.deepEqual(
    ['bond0', 'green', 'bond1', 'red', 'blue'].map((name) => names.has(name)),
    [false, false, true, true, true],
  );
  assert.deepEqual(await parts.documents.running(), config, 'the wish stays whole');
});

/** A host that refuses some steps, of which a config with a bond and a management network is committed. */
async function refusingHost(refuses: (op: KernelOp) => boolean) {
  const path = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel');
  FileKernel.create(path);
  const kernel = new FileKernel(path, refuses);
  const { parts } = await openTrial(`${path}.state`, kernel);
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const config: HostConfig = {
    bonds: { bond0: { slaves: ['eth1'], options: { mode: '1' } } },
    networks: {
      storage: { ...blue, base: 'bond0', vlan: 9, ipv4: { method: 'none' }, defaultRoute: false, nameservers: null },
      mgmt: { ...blue, base: 'eth0', vlan: 10 },
    },
  };
  await parts.documents.setCommitted(config);
  return { kernel, parts, config };
}

test('a step that the kernel refuses costs what rests on it, and nothing else', async () => {
  const { kernel, parts, config } = await refusingHost((op) => op.kind === 'link.add' && op.name === 'bond0');
  assert.match((await bootRestore(parts)) ?? '', /^link\.add name=bond0 .* was refused: Refused by the test\.$/);
  const planned = planFor(await kernel.observe(), config);
  const left = planned.ok ? devicesOf(planned.value.ops) : new Set<string>();
  assert.deepEqual(
    ['bond0', 'mgmt', 'eth0'].map((name) => left.has(name)),
    [true, false, false],
    [...left].join(),
  );
});

test('steps about no device and about settings of a nic stand in the way of nothing', async () => {
  const { kernel, parts, config } = await refusingHost(({ kind }) => kind === 'dns.set' || kind === 'addr.add');
  const lacking = (await bootRestore(parts)) ?? '';
  assert.match(lacking, /addr\.add device=mgmt .* was refused/);
  assert.match(lacking, /dns\.set .* was refused/);
  const planned = planFor(await kernel.observe(), config);
  const left = planned.ok ? planned.value.ops.map(({ kind }) => kind) : [];
  assert.ok(left.includes('addr.add') && !left.includes('link.add') && !left.includes('link.set'), left.join());
});

test('a part of which the planner can make nothing is left out', async () => {
  const { kernel, parts } = await refusingHost(() => false);
  const { planner } = parts;
  const failing: typeof planner = {
    ...planner,
    forward(state, config, management) {
      if (config.networks['storage'] !== undefined) throw new Error('The plan would fail.');
      return planner.forward(state, config, management);
    },
  };
  assert.match((await bootRestore({ ...parts, planner: failing })) ?? '', /Left out network storage: .*would fail/);
  const names = (await kernel.observe()).links.map(({ name }) => name);
  assert.ok(names.includes('mgmt') && names.includes('bond0') && !names.includes('storage'), names.join());
});

test('a host whose files are lost keeps the networks that stand', async () => {
  const { kernel, parts, transactions } = await newHost();
  await transactions.apply(applyRequest());
  await transactions.idle();
  const before = await kernel.observe();
  await parts.disk.remove(`${parts.stateDirectory}/committed`);
  assert.equal(await bootRestore(parts), null);
  assert.deepEqual(await kernel.observe(), before);
});

test('X19 however many networks there are, a restore is one plan and one execution', async () => {
  const { kernel, parts } = await newHost();
  const config: HostConfig = { ...richConfig, networks: { ...richConfig.networks, ...networksOn('eth0', 40) } };
  await parts.documents.setCommitted(config);
  let executions = 0;
  parts.kernel = {
    observe: () => kernel.observe(),
    execute: (ops, ...rest) => {
      executions += ops.every(isForOthers) ? 0 : 1;
      return kernel.execute(ops, ...rest);
    },
  };
  assert.equal(await bootRestore(parts), null);
  assert.equal(executions, 1);
  const planned = planFor(await kernel.observe(), config);
  assert.deepEqual(planned.ok && planned.value.ops, []);
});

/** Networks on VLANs from 100 on. @param mtus of each of them, where not the usual one */
function networksOn(base: string, count: number, mtus: readonly number[] = []): HostConfig['networks'] {
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const plain = { ...blue, base, ipv4: { method: 'none' }, defaultRoute: false, nameservers: null } as const;
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`n${at}`, { ...plain, vlan: 100 + at, mtu: mtus[at] ?? 1500 }] as const),
  );
}

test('networks that the host does not accept are found without a plan for each', async () => {
  const plansFor = async (mtus: readonly number[]): Promise<number> => {
    const { parts } = await newHost();
    await parts.documents.setCommitted({ bonds: {}, networks: networksOn('eth0', 40, mtus) });
    const { planner } = parts;
    let plans = 0;
    const counting: typeof planner = {
      ...planner,
      forward(...given) {
        plans += 1;
        return planner.forward(...given);
      },
    };
    const lacking = (await bootRestore({ ...parts, planner: counting })) ?? '';
    assert.equal(lacking.split('Left out network').length - 1, mtus.length);
    return plans;
  };
  // No nic here takes more than 9000.
  assert.equal(await plansFor(Array(10).fill(9500)), await plansFor([]));
});

test('a step that is refused is asked for once, and all the others are done', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel');
  FileKernel.create(path);
  const asked: string[] = [];
  const kernel = new FileKernel(path, (op) => {
    const isRefused = op.kind === 'link.add' && op.type === 'vlan' && Number(op.vlan) % 4 === 0;
    if (isRefused) asked.push(op.name);
    return isRefused;
  });
  const { parts } = await openTrial(`${path}.state`, kernel);
  const networks = networksOn('eth0', 40);
  await parts.documents.setCommitted({ bonds: {}, networks });
  assert.match((await bootRestore(parts)) ?? '', /5 more steps were refused\.$/);
  assert.equal(asked.length, 10);
  assert.equal(new Set(asked).size, 10);
  const left = planFor(await kernel.observe(), { bonds: {}, networks });
  const open = devicesOf(left.ok ? left.value.ops : []);
  const stands = Array.from({ length: 40 }, (_, at) => `eth0.${100 + at}`).filter((name) => !open.has(name));
  assert.equal(stands.length, 30);
});

test('a server that says something new at every look keeps a restore from nothing', async () => {
  const { kernel, parts } = await newHost();
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const leased: HostConfig = { bonds: {}, networks: { blue: { ...blue, base: 'eth0', ipv4: { method: 'dhcp' } } } };
  await parts.documents.setCommitted(leased);
  parts.kernel = neverTheSameLease(kernel);
  assert.equal(await bootRestore(parts), null);
});
