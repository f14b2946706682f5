/** A guard that cannot take a change back, or write that down, at the first try. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { boundedDisk } from '../persist/bounded-disk.ts';
import { realDisk } from '../persist/disk.ts';
import { HangingDisk, ScarceDisk } from '../persist/disk-for-tests.ts';
import { Documents } from '../persist/documents.ts';
import { Journal } from '../persist/journal.ts';
import { ownProcess, type ProcessId } from '../persist/process-id.ts';
import { rememberingDisk } from '../persist/remembering-disk.ts';
import { TurningDisk } from '../persist/turning-disk.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { bootTime } from '../transaction/boot-clock.ts';
import {
  applyRequest,
  deadProcess,
  FileKernel,
  openFileRestorer,
  openTrial,
  richConfig,
  type staysSilent,
} from '../transaction/testing.ts';
import { Guard } from './guard.ts';
import { keepWatch } from './keep-watch.ts';
import { SOCKET, say, TRANSACTION } from './lines.ts';
import { firstFailure } from './testing/first-failure.ts';

test('a guard takes a change back although nothing can be written, and tries again until that is written as well', {
  timeout: 20_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const before = await kernel.observe();
  const left = async () => planRestore(await kernel.observe(), before).ops;
  const disk = new ScarceDisk();
  // Its agent ends with the change applied.
  const asked = new Promise<void>((resolve) => {
    const confirm: typeof staysSilent = () => {
      resolve();
      return new Promise(() => {});
    };
    void openTrial(state, kernel, { confirm, self: deadProcess }).then(({ transactions }) =>
      transactions.apply(applyRequest()),
    );
  });
  await asked;
  assert.notDeepEqual(await left(), []);

  disk.makeReadOnly();
  const { log, failed } = firstFailure();
  const restorer = await openFileRestorer(state, kernel);
  const journal = await Journal.open(disk, state, 't1');
  assert.ok(journal !== null);
  const home = process.cwd();
  const guard = await Guard.start({ ...restorer, disk, log }, journal);
  await failed;
  assert.deepEqual(await left(), []);
  disk.mend();
  await guard.ended;
  process.chdir(home);
  assert.equal((await Journal.open(disk, state, 't1'))?.record.mark, 'REVERTED');
});

/** A change that is prepared, and whoever brings the host back from it. */
async function prepared(agent: ProcessId) {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const restorer = await openFileRestorer(state, kernel);
  const before = await kernel.observe();
  const planned = planFor(before, richConfig);
  assert.ok(planned.ok);
  const journal = await Journal.create(realDisk, state, applyRequest(), { state: before, files: [] }, planned.value, {
    ...{ request: 'hash', bootId: restorer.self.bootId, agent, management: null, way: null, until: null },
    ...{ confirmTimeout: 200, deadline: null, rescueReboot: false, watchdog: null, timings: {}, failure: null },
  });
  return {
    state,
    kernel,
    restorer,
    journal,
    async begin() {
      await journal.mark('APPLYING');
      await kernel.execute(planned.value.ops.slice(0, 4));
    },
    left: async () => planRestore(await kernel.observe(), before).ops,
  };
}

test('a guard whose lifeline breaks takes the change back, although it cannot at the first try', {
  timeout: 20_000,
}, async (t) => {
  const { restorer, journal, begin, left } = await prepared(ownProcess());
  const home = process.cwd();
  t.after(() => process.chdir(home));
  let tries = 0;
  const endStrays = async () => {
    tries += 1;
    if (tries === 1) throw new Error('EMFILE: too many open files');
  };
  const guard = await Guard.start({ ...restorer, endStrays }, journal);
  const lifeline = createConnection(SOCKET);
  say(lifeline, { do: 'arm', transaction: journal.id, until: bootTime() + 60_000 });
  await once(lifeline, 'data');
  await begin();
  assert.notDeepEqual(await left(), []);
  lifeline.destroy();
  await guard.ended;
  assert.deepEqual([tries, await left()], [2, []]);
  await journal.reload();
  assert.equal(journal.record.mark, 'REVERTED');
});

for (const [how, befalls] of [
  ['its agent ends', (lifeline: Socket) => lifeline.destroy()],
  ['its time is up', (lifeline: Socket) => say(lifeline, { do: 'watch', until: bootTime() })],
] as const) {
  test(`a guard brings the host back when ${how}, although its disk hangs, even for reading, and says so when that is back`, {
    timeout: 30_000,
  }, async (t) => {
    const { journal, left, lifeline, hanging, guard, refused, failed } = await guardedOnHangingDisk(t);
    hanging.hang(0, true);
    befalls(lifeline);
    await failed;
    assert.deepEqual([await left(), refused], [[], []]);
    hanging.mend();
    await guard.ended;
    await journal.reload();
    assert.equal(journal.record.mark, 'REVERTED');
    assert.equal((await journal.decision())?.way, 'revert');
  });
}

for (const late of [false, true]) {
  const when = late ? ', also where it hears so while it waits for the disk' : '';
  test(`a guard takes nothing back that is to be kept, although its disk hangs${when}`, {
    timeout: 30_000,
  }, async (t) => {
    const { left, lifeline, hanging, guard } = await guardedOnHangingDisk(t);
    hanging.hang(0, true);
    if (late) say(lifeline, { do: 'watch', until: bootTime() });
    while (late && !hanging.hangs) await new Promise((resolve) => setImmediate(resolve));
    say(lifeline, { do: 'keep' });
    lifeline.end();
    await guard.ended;
    assert.notDeepEqual(await left(), []);
  });
}

/** A guard that has seen the change when it was prepared, and never since; the change is half done. */
async function guardedOnHangingDisk(t: TestContext) {
  const { state, restorer, journal, begin, left } = await prepared(deadProcess);
  const home = process.cwd();
  t.after(() => process.chdir(home));
  const hanging = new HangingDisk();
  const disk = boundedDisk(hanging.disk, 300);
  const guarded = await Journal.open(disk, state, journal.id);
  assert.ok(guarded !== null);
  const refused: unknown[] = [];
  const first = firstFailure();
  const log: typeof restorer.log = (level, message, facts) => {
    if (message === 'revert rung failed') refused.push(facts);
    first.log(level, message);
  };
  const documents = await Documents.open(rememberingDisk(disk), state, (...unread) => refused.push(unread));
  const guard = await Guard.start({ ...restorer, disk, documents, log }, guarded);
  const lifeline = createConnection(SOCKET);
  say(lifeline, { do: 'arm', transaction: journal.id, until: bootTime() + 60_000 });
  await once(lifeline, 'data');
  await begin();
  return { journal, left, lifeline, hanging, guard, refused, failed: first.failed };
}

test('a guard that is started again on a full disk takes the change back without a claim and without a door', {
  timeout: 20_000,
}, async (t) => {
  const { state, restorer, journal, begin, left } = await prepared(deadProcess);
  staysTestable(t);
  await begin();
  const folder = join(state, 'guards', 'former');
  mkdirSync(folder, { recursive: true });
  symlinkSync(journal.folder, join(folder, TRANSACTION));
  // Nothing can be put in its place.
  mkdirSync(join(journal.folder, SOCKET));
  const disk = new ScarceDisk();
  disk.fill();
  // With a change under way it waits for no disk as it would before one.
  const patient = new HangingDisk();
  patient.hang(0, true);
  const turning = new TurningDisk(patient.disk, boundedDisk(disk));
  await keepWatch(folder, turning, async () => ({ ...restorer, disk: turning }));
  assert.deepEqual(await left(), []);
  await journal.reload();
  assert.equal(journal.record.mark, 'REVERTED');
});

test('a guard that has stood by takes the change back although its disk hangs from the moment that it answers', {
  timeout: 20_000,
}, async (t) => {
  const { state, restorer, journal, begin, left } = await prepared(deadProcess);
  staysTestable(t);
  const folder = join(state, 'guards', 'new');
  mkdirSync(folder, { recursive: true });
  const hanging = new HangingDisk();
  hanging.hang(0, true);
  const disk = new TurningDisk(realDisk, boundedDisk(hanging.disk, 300));
  const { log, failed } = firstFailure();
  const documents = await Documents.open(rememberingDisk(disk), state);
  const watched = keepWatch(folder, disk, async () => ({ ...restorer, disk, documents, log }));
  while (!existsSync(join(folder, SOCKET))) await new Promise((resolve) => setImmediate(resolve));
  const lifeline = createConnection(join(folder, SOCKET));
  say(lifeline, { do: 'arm', transaction: journal.id, until: bootTime() + 60_000 });
  await once(lifeline, 'data');
  assert.ok(!hanging.hangs);
  await begin();
  lifeline.destroy();
  await failed;
  assert.deepEqual(await left(), []);
  hanging.mend();
  await watched;
  await journal.reload();
  assert.equal(journal.record.mark, 'REVERTED');
});

/** A guard goes where its transaction is and is deaf to signals, and this process is to do neither for ever. */
function staysTestable(t: TestContext): void {
  const home = process.cwd();
  t.after(() => {
    process.chdir(home);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.removeAllListeners(signal);
  });
}

test('a guard that is to try again ends when the next agent has cleared the transaction away', {
  timeout: 20_000,
}, async (t) => {
  const { state, kernel, restorer, journal, begin } = await prepared(deadProcess);
  const home = process.cwd();
  t.after(() => process.chdir(home));
  await begin();
  let tries = 0;
  const endStrays = async () => {
    tries += 1;
  };
  const { log, failed } = firstFailure();
  const disk = new ScarceDisk();
  const guarded = await Journal.open(disk, state, journal.id);
  assert.ok(guarded !== null);
  const guard = await Guard.start({ ...restorer, disk, endStrays, log }, guarded);
  disk.makeReadOnly();
  await failed;
  await (await openTrial(state, kernel)).transactions.resume();
  assert.equal(existsSync(journal.folder), false);
  await guard.ended;
  assert.equal(tries, 1);
});
