/** An agent that stops at any point, and the next one that finds what it left: always the old state or the new one, whole. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { type Disk, realDisk } from '../persist/disk.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { Confirm } from './parts.ts';
import { applyRequest, confirms, FileKernel, openTrial, richConfig, staysSilent } from './testing.ts';

/** Stops for ever at the n-th point, or at the one of this name, as a killed process does. */
function freezeAt(n: number | string): Checkpoints & { frozen: Promise<string>; count: () => number } {
  let seen = 0;
  let tell: (name: string) => void = () => {};
  const frozen = new Promise<string>((resolve) => {
    tell = resolve;
  });
  return {
    frozen,
    count: () => seen,
    begin() {},
    end() {},
    reach(name) {
      seen += 1;
      if (seen !== n && name !== n) return Promise.resolve();
      tell(name);
      return new Promise(() => {});
    },
  };
}

/** Runs a transaction up to its n-th point, then agents that each stop at their m-th point, then one that goes on. */
async function crash(n: number, m: number, confirm: Confirm, config: HostConfig): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const before = await kernel.observe();
  const first = freezeAt(n);
  const trial = await openTrial(state, kernel, { confirm, checkpoints: first });
  await trial.transactions.apply(applyRequest({ config }));
  const point = await Promise.race([first.frozen, trial.transactions.idle().then(() => null)]);
  if (point === null) return null;

  const second = freezeAt(m);
  const again = await openTrial(state, kernel, { confirm, checkpoints: second });
  await Promise.race([second.frozen, again.transactions.resume().then(() => again.transactions.idle())]);
  const last = await openTrial(state, kernel, { confirm });
  await last.transactions.resume();
  await last.transactions.idle();

  const where = `${point}, then ${m}`;
  const { ended } = await last.transactions.outcome('t1');
  const after = await kernel.observe();
  const asNew = planFor(after, config);
  const isNew = asNew.ok && asNew.value.ops.length === 0;
  const isOld = planRestore(after, before).ops.length === 0 && after.links.length === before.links.length;
  const committed = await last.parts.documents.committed();
  assert.deepEqual(await last.parts.disk.list(`${state}/txn`), [], where);
  assert.deepEqual(await last.parts.documents.running(), committed, where);
  if (ended?.outcome === 'committed') {
    assert.ok(isNew, `${where}: the kernel is new`);
    assert.deepEqual(committed, config, where);
  } else {
    assert.ok(ended?.outcome === 'reverted' || ended?.outcome === 'unchanged', `${where}: ${ended?.outcome}`);
    assert.ok(isOld, `${where}: the kernel is old`);
    assert.deepEqual(committed, { bonds: {}, networks: {} }, where);
  }
  return point;
}

const withFunctions: HostConfig = { ...richConfig, virtualFunctions: { eth0: 2 } };

for (const [name, confirm, config] of [
  ['confirmed', confirms, richConfig],
  ['never confirmed', staysSilent, richConfig],
  ['confirmed', confirms, withFunctions],
  ['never confirmed', staysSilent, withFunctions],
] as const) {
  const what = config === withFunctions ? 'a transaction with virtual functions' : 'a transaction';
  test(`stopped at any point of ${what} that is ${name}`, async () => {
    const points: string[] = [];
    for (let n = 1; ; n += 1) {
      const point = await crash(n, 1 + ((n * 7) % 11), confirm, config);
      if (point === null) break;
      points.push(point);
    }
    assert.ok(points.length > 25, points.join());
    const expected =
      name === 'confirmed'
        ? [
            'PREPARED',
            'ARMED',
            'APPLYING',
            'apply run',
            'APPLIED',
            'AWAITING',
            'CONFIRMED',
            'running written',
            'COMMITTED',
          ]
        : ['AWAITING', 'REVERTING', 'revert snapshot run', 'REVERTED', 'outcome kept', 'disarmed'];
    for (const point of expected) assert.ok(points.includes(point), point);
  });
}

test('after a reboot an unconfirmed transaction is closed and the kernel is left to the committed config', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const stop = freezeAt(8);
  const trial = await openTrial(state, kernel, { checkpoints: stop });
  await trial.transactions.apply(applyRequest());
  assert.equal(await stop.frozen, 'apply run');
  const fresh = FileKernel.create(join(folder, 'kernel'));
  const before = await fresh.observe();
  const next = await openTrial(state, fresh, { self: { ...trial.parts.self, bootId: 'another boot' } });
  await next.transactions.resume();
  const { ended } = await next.transactions.outcome('t1');
  assert.equal(ended?.outcome, 'reverted');
  assert.match(ended?.problem?.message ?? '', /restarted/);
  assert.deepEqual(await fresh.observe(), before);
});

test('the power may go while a journal is cleared away, whatever of it is gone by then', async () => {
  const gone = ['records', 'request.json', 'plan.json', 'snapshot.json', 'files.json', 'decision'];
  for (const first of gone) {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
    const state = join(folder, 'state');
    const kernel = FileKernel.create(join(folder, 'kernel'));
    let stop: () => void = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const disk: Disk = {
      ...realDisk,
      async remove(path) {
        if (path !== `${state}/txn/t1`) return realDisk.remove(path);
        await realDisk.remove(`${path}/${first}`);
        stop();
        return new Promise(() => {});
      },
    };
    const trial = await openTrial(state, kernel, { disk });
    await trial.transactions.apply(applyRequest());
    await stopped;
    const next = await openTrial(state, kernel);
    await next.transactions.resume();
    assert.equal(next.transactions.running(), null);
    assert.deepEqual(readdirSync(`${state}/txn`), [], first);
    const { ended } = await next.transactions.outcome('t1');
    assert.equal(ended?.outcome, 'committed', first);
    assert.ok((ended?.plan?.steps.length ?? 0) > 0, first);
  }
});

test('a kept change whose plan is lost is still told as kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const checkpoints = freezeAt('COMMITTED');
  const trial = await openTrial(state, kernel, { checkpoints });
  await trial.transactions.apply(applyRequest());
  await checkpoints.frozen;
  rmSync(`${state}/txn/t1/plan.json`);
  const next = await openTrial(state, kernel);
  await next.transactions.resume();
  const { ended } = await next.transactions.outcome('t1');
  assert.deepEqual([ended?.outcome, ended?.plan], ['committed', undefined]);
  assert.deepEqual(readdirSync(`${state}/txn`), []);
});
