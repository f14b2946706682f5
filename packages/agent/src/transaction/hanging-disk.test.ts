/** Taking back on a host whose disk hangs, as one does that is reached over the network that the change has cut off. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { GUARD_GRACE } from '../guard/budgets.ts';
import { boundedDisk, DiskHangs } from '../persist/bounded-disk.ts';
import { type Disk, realDisk } from '../persist/disk.ts';
import { HangingDisk } from '../persist/disk-for-tests.ts';
import { Journal } from '../persist/journal.ts';
import { keepFiles } from '../persist/kept-files.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { bootTime } from './boot-clock.ts';
import { noCheckpoints } from './checkpoint.ts';
import { openRestorer } from './restorer.ts';
import { revert, Unrecorded } from './revert.ts';
import {
  applyRequest,
  deadProcess,
  FileKernel,
  idleGuards,
  openFileRestorer,
  openTrial,
  richConfig,
  staysSilent,
} from './testing.ts';

/** Milliseconds; no disk of a test takes so long by itself. */
const LIMIT = 100;

const problem = { code: 'ERR_INTERRUPTED', message: 'The agent ended.' } as const;

/** A change whose agent has ended, after some of its steps and with a file that it has changed, and whoever takes it back. */
async function halfDone(disk: Disk) {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, 'before');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const filesOn = (one: Disk) => keepFiles(one, async () => [file]);
  const parts = { ...(await openFileRestorer(state, kernel, noCheckpoints, disk)), files: filesOn(disk) };
  const before = await kernel.observe();
  const planned = planFor(before, richConfig);
  assert.ok(planned.ok);
  const snapshot = { state: before, files: await filesOn(realDisk).read() };
  const written = await Journal.create(realDisk, state, applyRequest(), snapshot, planned.value, {
    ...{ request: 'hash', bootId: parts.self.bootId, agent: deadProcess, management: null, way: null, until: null },
    ...{ confirmTimeout: 200, deadline: null, rescueReboot: false, watchdog: null, timings: {}, failure: null },
  });
  await written.mark('APPLYING');
  await kernel.execute(planned.value.ops.slice(0, 4));
  writeFileSync(file, 'changed');
  const journal = await Journal.open(disk, state, 't1');
  assert.ok(journal !== null);
  // As a guard reads ahead.
  assert.ok(await journal.isWhole());
  await Promise.all([journal.snapshot(), journal.plan(), journal.state(), parts.documents.committed()]);
  return {
    ...{ parts, journal },
    left: async () => planRestore(await kernel.observe(), before).ops,
    said: () => readFileSync(file, 'utf8'),
  };
}

/** As a guard does some time after the disk is back. */
async function again({ parts, journal }: Awaited<ReturnType<typeof halfDone>>, first: unknown) {
  let work = () => revert(parts, journal, problem);
  for (let failure = first; ; ) {
    if (failure instanceof Unrecorded) work = failure.again;
    try {
      await parts.disk.makeFolder(journal.folder);
      return await work();
    } catch (error) {
      assert.ok(error instanceof DiskHangs || error instanceof Unrecorded, String(error));
      failure = error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

for (const reads of [false, true]) {
  test(`a disk that hangs at any ${reads ? 'operation' : 'write'} is not waited for, and what it did not take is written when it is back`, {
    timeout: 60_000,
  }, async () => {
    let hung = 0;
    for (let after = 0; ; after += 1) {
      const where = `after ${after}`;
      const hanging = new HangingDisk();
      const host = await halfDone(boundedDisk(hanging.disk, LIMIT));
      const { parts, journal, left, said } = host;
      assert.notDeepEqual(await left(), []);
      hanging.hang(after, reads);
      const begun = performance.now();
      const failure = await revert(parts, journal, problem).catch((error: unknown) => error);
      if (!hanging.hangs) break;
      hung += 1;
      // One limit for the writes and one for what is read: the rest is for a busy machine.
      assert.ok(performance.now() - begun < 2_000, where);
      assert.deepEqual(await left(), [], where);
      hanging.mend();
      assert.equal(await again(host, failure), 'REVERTED', where);
      assert.deepEqual([await left(), said()], [[], 'before'], where);
      const written = await Journal.open(realDisk, parts.stateDirectory, 't1');
      assert.equal(written?.record.mark, 'REVERTED', where);
      assert.deepEqual(await written?.decision(), { way: 'revert', problem }, where);
    }
    assert.ok(hung > 8, 'it hung at each');
  });
}

test('on a disk that answers, the decision is written before the first step back', async () => {
  const { parts, journal } = await halfDone(boundedDisk(realDisk));
  let decided: unknown = null;
  const kernel: typeof parts.kernel = {
    observe: (also) => parts.kernel.observe(also),
    execute(...given) {
      decided ??= readFileSync(`${journal.folder}/decision`, 'utf8');
      return parts.kernel.execute(...given);
    },
  };
  assert.equal(await revert({ ...parts, kernel }, journal, problem), 'REVERTED');
  assert.equal(decided, JSON.stringify({ way: 'revert', problem }));
});

test('what was taken back stays so, although an agent that ended on the hanging disk has decided otherwise', async () => {
  const hanging = new HangingDisk();
  const host = await halfDone(boundedDisk(hanging.disk, LIMIT));
  const { parts, journal, left } = host;
  hanging.hang(0, false);
  const failure = await revert(parts, journal, problem).catch((error: unknown) => error);
  assert.ok(failure instanceof Unrecorded);
  assert.deepEqual(await left(), []);
  // What the kernel had in hand for the agent is done first.
  const agents = await Journal.open(realDisk, parts.stateDirectory, 't1');
  assert.deepEqual(await agents?.decide({ way: 'commit' }), { way: 'commit' });
  hanging.mend();
  assert.equal(await again(host, failure), 'REVERTED');
  const next = await Journal.open(realDisk, parts.stateDirectory, 't1');
  assert.deepEqual([await next?.state(), await next?.decision()], ['REVERTED', { way: 'revert', problem }]);
});

test('a decision that cannot be read for want of file handles is waited for', async () => {
  let short = false;
  const disk: Disk = {
    ...realDisk,
    async read(path) {
      if (short) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
      return realDisk.read(path);
    },
    async link(from, to) {
      if (short) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
      return realDisk.link(from, to);
    },
  };
  const { parts, journal, left } = await halfDone(disk);
  await journal.decide({ way: 'commit' });
  const before = await left();
  short = true;
  await assert.rejects(revert(parts, journal, problem), /EMFILE/);
  short = false;
  assert.equal(await revert(parts, journal, problem), 'confirmed');
  assert.deepEqual(await left(), before);
});

test('an agent has its time for taking a change back once the disk has answered, and next to none before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const patience: [string, boolean][] = [];
  let given = 0;
  const watch = (until: number): void => {
    given = until;
  };
  const guard = { lost: new AbortController().signal, keep() {}, disarm() {}, watch };
  const note = (point: string) => patience.push([point, given - bootTime() > GUARD_GRACE]);
  const disk: Disk = {
    ...realDisk,
    async link(from, to) {
      if (to.endsWith('/decision')) note('decision');
      return realDisk.link(from, to);
    },
  };
  const reach = async (point: string) => {
    if (point === 'revert snapshot run') note(point);
  };
  const { transactions } = await openTrial(join(folder, 'state'), FileKernel.create(join(folder, 'kernel')), {
    ...{ disk, confirm: staysSilent, checkpoints: { ...noCheckpoints, reach } },
    guards: { ...idleGuards(), arm: async () => guard },
  });
  await transactions.apply(applyRequest());
  await transactions.idle();
  assert.deepEqual(patience.slice(0, 2), [
    ['decision', false],
    ['revert snapshot run', true],
  ]);
});

test('a guard hears that a change is to be kept as soon as that is decided', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const heard: string[] = [];
  const guard = { lost: new AbortController().signal, watch() {}, keep: () => heard.push('keep'), disarm() {} };
  const reach = async (point: string) => {
    heard.push(point);
  };
  const { transactions } = await openTrial(join(folder, 'state'), FileKernel.create(join(folder, 'kernel')), {
    checkpoints: { ...noCheckpoints, reach },
    guards: { ...idleGuards(), arm: async () => guard },
  });
  await transactions.apply(applyRequest());
  await transactions.idle();
  const at = heard.indexOf('keep');
  assert.deepEqual(heard.slice(at - 1, at + 2), ['AWAITING', 'keep', 'CONFIRMED']);
});

test('what a step writes when the network is back waits for the disk, and fails no step', async () => {
  const state = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'state');
  const hanging = new HangingDisk();
  const disk = boundedDisk(hanging.disk, LIMIT);
  const { clients } = await openRestorer(state, 'guard-kill-at', () => {}, disk, hanging.disk);
  hanging.hang(0, false);
  const stopped = clients.stop('lo', 'red', 4).then(() => 'stopped');
  while (!hanging.hangs) await new Promise((resolve) => setImmediate(resolve));
  // It has been asked later, so it is refused later as well.
  const refused = disk.makeFolder(state).catch((error: unknown) => error);
  assert.ok((await Promise.race([stopped, refused])) instanceof DiskHangs);
  hanging.mend();
  assert.equal(await stopped, 'stopped');
});
