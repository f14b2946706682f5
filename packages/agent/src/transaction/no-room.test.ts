/** A disk that fills up, or is made read-only, while a change is under way. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScarceDisk } from '../persist/disk-for-tests.ts';
import { Documents } from '../persist/documents.ts';
import { Journal } from '../persist/journal.ts';
import { Outcomes } from '../persist/outcomes.ts';
import { planRestore } from '../plan/plan-for.ts';
import type { Confirm } from './parts.ts';
import { revert } from './revert.ts';
import { applyRequest, confirms, FileKernel, openTrial, staysSilent } from './testing.ts';

async function newHost(confirm: Confirm) {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const disk = new ScarceDisk();
  const open = async (stays: Confirm) =>
    openTrial(state, kernel, {
      ...{ disk, confirm: stays },
      documents: await Documents.open(disk, state),
      outcomes: await Outcomes.open(disk, state),
    });
  const before = await kernel.observe();
  /** Steps that are left until the kernel is as before. */
  const left = async () => planRestore(await kernel.observe(), before).ops;
  return { state, disk, left, open, trial: await open(confirm) };
}

/** An engine that is silent, while something else happens. */
const meanwhile =
  (happens: () => void): Confirm =>
  (question, signal) => {
    happens();
    return staysSilent(question, signal);
  };

test('a disk that is full while a change waits for its confirm keeps nobody from taking it back, and from saying so', async () => {
  const host = await newHost(meanwhile(() => host.disk.fill()));
  await host.trial.transactions.apply(applyRequest());
  await host.trial.transactions.idle();
  assert.deepEqual(await host.left(), []);
  const { ended } = await host.trial.transactions.outcome('t1');
  assert.equal(ended?.outcome, 'reverted', JSON.stringify(ended));
  assert.deepEqual(await host.disk.list(`${host.state}/txn`), []);
});

test('a disk that was made read-only keeps nobody from taking a change back; the next agent says so when it can', async () => {
  const host = await newHost(meanwhile(() => host.disk.makeReadOnly()));
  await host.trial.transactions.apply(applyRequest());
  await host.trial.transactions.idle();
  assert.deepEqual(await host.left(), []);
  assert.equal((await host.trial.transactions.outcome('t1')).ended, null);
  host.disk.mend();
  const next = await host.open(staysSilent);
  await next.transactions.resume();
  assert.equal((await next.transactions.outcome('t1')).ended?.outcome, 'reverted');
  assert.deepEqual(await host.left(), []);
});

test('what was decided to be kept is not taken back, whatever can be written', async () => {
  let decided: Promise<unknown> = Promise.resolve();
  const host = await newHost(
    meanwhile(() => {
      decided = Journal.open(host.disk, host.state, 't1').then((journal) => journal?.decide({ way: 'commit' }));
      void decided.then(() => host.disk.makeReadOnly());
    }),
  );
  await host.trial.transactions.apply(applyRequest());
  await host.trial.transactions.idle();
  await decided;
  const journal = await Journal.open(host.disk, host.state, 't1');
  assert.ok(journal !== null);
  const problem = { code: 'ERR_INTERRUPTED', message: '' } as const;
  assert.equal(await revert(host.trial.parts, journal, problem), 'confirmed');
  assert.notDeepEqual(await host.left(), []);
});

test('a change that a full disk keeps from beginning is refused, and the same one is done when there is room', async () => {
  const host = await newHost(confirms);
  const { transactions } = host.trial;
  host.disk.fill();
  const { accepted, problem } = await transactions.apply(applyRequest());
  assert.equal(accepted, false);
  assert.deepEqual([problem?.code, problem?.outcome], ['ERR_INTERNAL', 'unchanged']);
  assert.match(problem?.message ?? '', /not begun.*ENOSPC.*Ask again when the disk/);
  assert.equal(transactions.running(), null);
  assert.deepEqual(
    readdirSync(host.state).filter((name) => name.startsWith('.')),
    [],
  );
  host.disk.mend();
  assert.equal((await transactions.apply(applyRequest())).accepted, true);
  await transactions.idle();
  assert.equal((await transactions.outcome('t1')).ended?.outcome, 'committed');
});

test('a repair that a broken disk keeps from beginning is in the way of nothing', async () => {
  const host = await newHost(confirms);
  const { transactions, parts } = host.trial;
  host.disk.breakDown();
  assert.equal(await transactions.repair(parts.planner), null);
  host.disk.mend();
  await transactions.apply(applyRequest());
  await transactions.idle();
  assert.equal((await transactions.outcome('t1')).ended?.outcome, 'committed');
});

test('without room for its journal a change is not begun, and leaves nothing on the disk', async () => {
  for (const refuse of ['fill', 'makeReadOnly'] as const) {
    const host = await newHost(staysSilent);
    // The last that happens before the journal.
    host.trial.parts.rehearse = async () => {
      host.disk[refuse]();
      return { verdict: 'accepted' };
    };
    assert.equal((await host.trial.transactions.apply(applyRequest())).accepted, true);
    await host.trial.transactions.idle();
    assert.deepEqual(await host.left(), [], refuse);
    assert.equal(host.trial.transactions.running(), null);
    const kept = readdirSync(host.state, { recursive: true }).map(String);
    assert.deepEqual(
      kept.filter((name) => name.startsWith('txn/') || name.includes('.new-')),
      [],
      refuse,
    );
  }
});
