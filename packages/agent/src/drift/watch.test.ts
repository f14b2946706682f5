/** The watch over a host that is a file, with real transactions: what the engine hears, and what is put right. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostEvent, HostReport, KernelOp, RepairClass } from '@patchbay/protocol';
import { Reporter } from '../link/reporter.ts';
import { realDisk } from '../persist/disk.ts';
import { Documents } from '../persist/documents.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { applyRequest, FileKernel, openTrial, richConfig } from '../transaction/testing.ts';
import { DriftWatch } from './watch.ts';

const planner = { forward: planFor, restore: planRestore };

interface Stage {
  watch: DriftWatch;
  heard: string[];
  told: HostReport[];
  /** Whether an engine is there to hear, and what happens while it does. */
  line: { up: boolean; hears?: (report: HostReport) => void };
  refused: Set<KernelOp['kind']>;
  /** What another hand does just before and after a repair. */
  around: { before: KernelOp[]; after: KernelOp[] };
  /** What is called while a repair is under way. */
  meanwhile: (() => void)[];
  disturb(...ops: KernelOp[]): Promise<void>;
  look(): Promise<void>;
  change(): Promise<void>;
  journals(): Promise<string[]>;
  outcomes(): Promise<string[]>;
}

async function stage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const refused = new Set<KernelOp['kind']>();
  FileKernel.create(`${folder}/kernel.json`);
  const kernel = new FileKernel(`${folder}/kernel.json`, (op) => refused.has(op.kind));
  const hand = new FileKernel(`${folder}/kernel.json`);
  const state = `${folder}/state`;
  const { transactions, parts } = await openTrial(state, kernel);
  const busy = () => transactions.running() !== null;
  const reporter = new Reporter(kernel, parts.documents, 1, busy);
  const heard: string[] = [];
  const told: HostReport[] = [];
  const line: Stage['line'] = { up: true };
  const around: Stage['around'] = { before: [], after: [] };
  const meanwhile: Stage['meanwhile'] = [];
  const watch = new DriftWatch({
    report: () => reporter.report(),
    planner,
    busy,
    repair: async (repairs) => {
      await hand.execute(around.before.splice(0));
      const ended = await transactions.repair(repairs);
      for (const work of meanwhile.splice(0)) work();
      await hand.execute(around.after.splice(0));
      return ended;
    },
    tell: async (report, events: HostEvent[]) => {
      if (!line.up) return false;
      told.push(report);
      line.hears?.(report);
      heard.push(...events.map(({ kind, device, before, after }) => `${kind} ${device}: ${before} > ${after}`));
      return true;
    },
    log: () => {},
  });
  const look = async () => {
    watch.look();
    await watch.settled();
  };
  await transactions.apply(applyRequest({ checkConnectivity: false }));
  await transactions.idle();
  watch.begin();
  await watch.settled();
  assert.deepEqual(told, []);
  await look();
  return {
    ...{ watch, heard, told, line, refused, around, meanwhile, look },
    disturb: async (...ops) => {
      assert.deepEqual(await hand.execute(ops), { ok: true });
      await look();
    },
    change: async () => {
      const networks = { ...richConfig.networks, blue: { ...richConfig.networks['blue'], mtu: 1400 } };
      const config = { ...richConfig, networks } as typeof richConfig;
      await transactions.apply(applyRequest({ transaction: 't2', config, checkConnectivity: false }));
      await transactions.idle();
      watch.forget();
      await look();
    },
    journals: () => parts.disk.list(`${state}/txn`),
    outcomes: () => parts.disk.list(`${state}/outcomes`),
  };
}

const mtu = (value: number): KernelOp => ({ kind: 'link.set', name: 'blue', mtu: value });
const rule = { family: 4, priority: 3200, from: '198.51.100.0/24', to: null, table: 0x4f560000 } as const;

test('nothing is told of a host that stands still, and each change once, with its report', async () => {
  const { heard, told, look, disturb } = await stage();
  assert.deepEqual([heard, told.length], [[], 1]);
  assert.equal(told[0]?.drift?.state, 'in-sync');
  await look();
  assert.equal(told.length, 1);
  await disturb(mtu(1400));
  assert.deepEqual(heard, ['foreign.change blue: mtu 1500 > mtu 1400']);
  const [before, after] = told;
  assert.equal(after?.drift?.state, 'drifted');
  assert.ok((after?.stateVersion ?? 0) > (before?.stateVersion ?? 0));
  await look();
  assert.equal(heard.length, 1);
  await disturb(mtu(1500));
  assert.deepEqual(heard.slice(1), ['foreign.undone blue: mtu 1400 > mtu 1500']);
});

test('what happened while no engine was there is told when one is', async () => {
  const { heard, line, look, disturb } = await stage();
  line.up = false;
  await disturb(mtu(1400));
  await disturb(mtu(1450));
  assert.deepEqual(heard, []);
  line.up = true;
  await look();
  assert.deepEqual(heard, [
    'foreign.change blue: mtu 1500 > mtu 1400',
    'foreign.change blue: mtu 1500 > mtu 1450',
    'foreign.undone blue: mtu 1400 > mtu 1500',
  ]);
});

test('what no report shows is told as well: once, and when an engine is there to hear it', async () => {
  const { watch, heard, told, line, look } = await stage();
  const moved = (before: string, after: string) =>
    watch.happened([{ kind: 'lldp.changed', device: 'eth1', network: null, before, after }]);
  moved('sw-a', 'sw-b');
  await watch.settled();
  assert.deepEqual(heard, ['lldp.changed eth1: sw-a > sw-b']);
  assert.equal(told.length, 2, 'the report goes with it, though it is the same');
  line.up = false;
  moved('sw-b', 'sw-c');
  await watch.settled();
  moved('sw-c', 'sw-d');
  await watch.settled();
  line.up = true;
  await look();
  await look();
  assert.deepEqual(heard.slice(1), ['lldp.changed eth1: sw-b > sw-c', 'lldp.changed eth1: sw-c > sw-d']);
});

test('what a change of an engine does is no event', async () => {
  const { heard, told, change } = await stage();
  await change();
  assert.deepEqual(heard, []);
  assert.equal(told.at(-1)?.drift?.state, 'in-sync');
  assert.equal(told.at(-1)?.links.find(({ name }) => name === 'blue')?.mtu, 1400);
});

test('HT-191 the policy is to report, and to repair where the engine says so: as a transaction that leaves no trace', async () => {
  const { watch, heard, told, disturb, journals } = await stage();
  await disturb({ kind: 'rule.del', ...rule }, mtu(1400));
  assert.equal(told.at(-1)?.rules.length, 1, 'reported alone');
  const allowed: RepairClass[] = ['rules'];
  watch.allow(allowed);
  await watch.settled();
  assert.equal(told.at(-1)?.rules.length, 2);
  assert.equal(told.at(-1)?.links.find(({ name }) => name === 'blue')?.mtu, 1400, 'not allowed');
  assert.match(heard.at(-1) ?? '', /^drift\.repaired .*: rule of blue > null$/);
  assert.deepEqual(await journals(), []);
  const events = heard.length;
  await disturb();
  assert.equal(heard.length, events);
});

test('what is allowed while a repair is under way is repaired after it', async () => {
  const { watch, told, meanwhile, disturb } = await stage();
  await disturb({ kind: 'rule.del', ...rule });
  meanwhile.push(() => watch.allow(['rules']));
  watch.allow(['mtu']);
  while (meanwhile.length > 0) await watch.settled();
  await watch.settled();
  assert.equal(told.at(-1)?.rules.length, 2);
});

test('a watch that is closed puts nothing right any more, also where it was looking just then', async () => {
  for (const when of ['before', 'meanwhile'] as const) {
    const { watch, line, disturb, look } = await stage();
    watch.allow(['rules']);
    await watch.settled();
    const seen: HostReport[] = [];
    line.hears = (report) => {
      seen.push(report);
      if (when === 'meanwhile') watch.close();
    };
    if (when === 'before') watch.close();
    await disturb({ kind: 'rule.del', ...rule });
    await look();
    assert.deepEqual(
      seen.map(({ rules }) => rules.length),
      when === 'before' ? [] : [1],
      'after a repair it would be told again',
    );
  }
});

test('a repair that the kernel refuses is taken back, told once, and tried again only when something else is wrong', async () => {
  const { watch, heard, refused, disturb, look } = await stage();
  watch.allow(['rules']);
  refused.add('rule.add');
  await disturb({ kind: 'rule.del', ...rule });
  const failures = () => heard.filter((one) => one.startsWith('drift.unrepaired'));
  assert.equal(failures().length, 1, heard.join('\n'));
  assert.match(failures()[0] ?? '', /Refused by the test/);
  await look();
  await look();
  assert.equal(failures().length, 1);
  refused.clear();
  await disturb(mtu(1400));
  assert.ok(heard.some((one) => one.startsWith('drift.repaired')));
});

test('what another hand takes away again and again is put right only now and then', async () => {
  const { watch, heard, told, disturb, change, outcomes } = await stage();
  watch.allow(['rules']);
  const repairs = () => heard.filter((one) => one.startsWith('drift.repaired')).length;
  for (let n = 0; n < 3; n += 1) await disturb({ kind: 'rule.del', ...rule });
  await disturb();
  assert.equal(repairs(), 2);
  assert.equal(told.at(-1)?.rules.length, 1);
  assert.deepEqual(await outcomes(), ['000000000001-t1.json'], 'of repairs none is kept');
  await change();
  await disturb({ kind: 'rule.del', ...rule });
  assert.equal(repairs(), 3, 'a change of an engine is a new beginning');
});

test('what another hand takes away once comes back at once, whatever else of the same device does not last', async (context) => {
  const { watch, told, disturb, look } = await stage();
  watch.allow(['rules']);
  const ends = () => told.at(-1)?.rules.map(({ from, to }) => (from === null ? `to ${to}` : `from ${from}`));
  for (let n = 0; n < 3; n += 1) await disturb({ kind: 'rule.del', ...rule });
  assert.deepEqual(ends(), [`to ${rule.from}`]);
  await disturb({ kind: 'rule.del', ...rule, from: null, to: rule.from });
  await watch.settled();
  assert.deepEqual(ends(), [`to ${rule.from}`], 'the other is held back all the time');
  const now = performance.now.bind(performance);
  context.mock.method(performance, 'now', () => now() + 60_000);
  await look();
  assert.deepEqual(ends()?.toSorted(), [`from ${rule.from}`, `to ${rule.from}`]);
});

test('what comes while something else is put right, or was found right already, is put right as well', async () => {
  for (const undone of [true, false]) {
    const { watch, told, around, disturb } = await stage();
    watch.allow(['rules']);
    around.before = undone ? [{ kind: 'rule.add', ...rule }] : [];
    around.after = [{ kind: 'rule.del', ...rule, from: null, to: rule.from }];
    await disturb({ kind: 'rule.del', ...rule });
    await watch.settled();
    assert.equal(told.at(-1)?.drift?.state, 'in-sync', `${undone}`);
  }
});

test('HT-196 whether what runs is also what a boot restores is worked out from the two documents, so a restart knows it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const kernel = FileKernel.create(`${folder}/kernel.json`);
  const { transactions } = await openTrial(`${folder}/state`, kernel);
  const committed = async (starts: number) => {
    const documents = await Documents.open(realDisk, `${folder}/state`);
    return (await new Reporter(kernel, documents, starts, () => false).report()).committed;
  };
  assert.equal(await committed(1), true);
  await transactions.apply(applyRequest({ checkConnectivity: false, commit: false }));
  await transactions.idle();
  assert.equal(await committed(1), false);
  assert.equal(await committed(2), false, 'after a restart');
  await transactions.commitRunning();
  assert.equal(await committed(3), true);
});
