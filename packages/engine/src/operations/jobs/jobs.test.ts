import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Follow } from '@patchbay/model';
import type { TransactionResult } from '@patchbay/protocol';
import type { Job, Step } from '../../store/index.ts';
import { background, type Engine } from '../engine.ts';
import { finishChange, type PendingChange } from '../finish-change.ts';
import { removeHost } from '../remove-host.ts';
import { aHost, anEngine, aReport } from '../testing.ts';
import { clearOldJobs } from './clear-old-jobs.ts';
import { beginJob, endSteps, newJob, newStep } from './jobs.ts';
import { forgetLostJobs } from './lost-jobs.ts';

const follow: Follow = { networks: [], everything: true };

const host = aHost('host', 'h1');
const nothing = {
  nics: { inserted: [], updated: [], deleted: [] },
  attachments: { inserted: [], updated: [], deleted: [] },
};

/** A host that follows in a job of its own, and whose change has been sent. */
async function sent(
  engine: Engine,
  what: Follow | null,
): Promise<{ pending: PendingChange; step: () => Promise<Step> }> {
  const base = newJob(engine, background, 'Network red was changed');
  const rollout = { cause: 'update', clusterId: null, dataCentreId: null, width: 2, stopOnFailure: false } as const;
  const job: Job = {
    ...base,
    steps: { total: 1, open: 1, failed: 0, aborted: 0 },
    rollout: what === null ? null : rollout,
  };
  const step: Step = { ...newStep(engine, job, 1, '(1/1) Host h1:'), hostId: host.id, follow: what };
  const pending = { steps: [step.id], stored: nothing, description: 'Following', actor: background, revision: null };
  await engine.store.write(async (tx) => {
    await tx.put('host', { ...host });
    await tx.put('job', job);
    await tx.put('step', step);
    if (what !== null) await tx.put('errand', { id: step.id, hostId: host.id });
    const task = { id: 'task', host_id: host.id, state: 'running', epoch: 1, nonce: 'n', created: 0 } as const;
    await tx.addTask({ ...task, pending: JSON.stringify(pending) });
  });
  const now = async () => {
    const found = await engine.store.get('step', step.id);
    assert.ok(found);
    return found;
  };
  return { pending, step: now };
}

const reverted: TransactionResult = {
  transaction: 'task',
  outcome: 'reverted',
  problem: { code: 'ERR_LOST_CONNECTION', message: 'Nobody confirmed.' },
  changed: true,
  timings: {},
  report: aReport(),
};

test('a host that never heard of its change has another turn', async () => {
  const engine = await anEngine();
  const { pending, step } = await sent(engine, follow);
  await finishChange(engine, host.id, pending, null, 'task');
  assert.deepEqual([(await step()).status, (await engine.store.list('errand', host.id)).length], ['waiting', 1]);
  assert.equal((await engine.store.task('task'))?.state, 'failed');
});

test('a host that took back what a former engine sent has another turn, but not what this one sent', async () => {
  const engine = await anEngine();
  const { pending, step } = await sent(engine, follow);
  await finishChange(engine, host.id, pending, reverted, 'task');
  assert.equal((await step()).status, 'waiting');

  const same = await anEngine();
  const own = await sent(same, follow);
  void same.outcomes.wait('task', 1, async () => {});
  await finishChange(same, host.id, own.pending, reverted, 'task');
  assert.deepEqual([(await own.step()).status, (await same.store.list('errand', host.id)).length], ['failed', 0]);
  assert.match((await own.step()).detail, /reverted.*Nobody confirmed/);
});

test('somebody who asked himself is told that it failed, also after a restart', async () => {
  const engine = await anEngine();
  const { pending, step } = await sent(engine, null);
  await finishChange(engine, host.id, pending, reverted, 'task');
  assert.equal((await step()).status, 'failed');
});

test('what has ended does not end again', async () => {
  const engine = await anEngine();
  const { step } = await sent(engine, follow);
  const { id, jobId } = await step();
  const end = (status: 'finished' | 'failed') =>
    engine.store.write((tx) => endSteps(tx, engine, background, [id, 'unknown'], status, ''));
  assert.deepEqual([await end('finished'), await end('failed')], [1, 0]);
  const job = await engine.store.get('job', jobId);
  assert.deepEqual([job?.status, job?.steps.open, job?.detail], ['finished', 0, '1 of 1 hosts done.']);
});

test('jobs that an engine left behind are unknown, unless a host will tell', async () => {
  const engine = await anEngine();
  const { step } = await sent(engine, null);
  const lost = await engine.store.write((tx) => beginJob(tx, engine, background, 'Refreshing', host.id));
  await forgetLostJobs(engine);
  assert.equal((await engine.store.get('job', lost.jobId))?.status, 'unknown');
  assert.equal((await engine.store.get('step', lost.steps[0] ?? ''))?.status, 'unknown');
  assert.equal((await engine.store.get('job', (await step()).jobId))?.status, 'started');
});

test('what was sent to a host that was removed has failed', async () => {
  const removed = await anEngine();
  const { step } = await sent(removed, null);
  assert.equal(await removeHost(removed, background, host.id, true), null);
  assert.deepEqual([(await step()).status, (await step()).detail], ['failed', 'Host h1 was removed.']);
  const job = await removed.store.get('job', (await step()).jobId);
  assert.deepEqual([job?.status, (await removed.store.task('task'))?.state], ['failed', 'failed']);

  // A change that asks the host for nothing has no task; and there are stores of engines that forgot it.
  const late = await anEngine();
  const unsent = await sent(late, null);
  await late.store.write((tx) => tx.remove('host', host.id));
  await finishChange(late, host.id, unsent.pending, null);
  assert.equal((await unsent.step()).status, 'failed');

  const restarted = await anEngine();
  const left = await sent(restarted, null);
  await restarted.store.write((tx) => tx.remove('host', host.id));
  await forgetLostJobs(restarted);
  assert.deepEqual([(await left.step()).status, await restarted.store.runningTasks()], ['unknown', []]);
});

test('jobs are forgotten some time after their end', async () => {
  const engine = await anEngine();
  const add = (change: Partial<Job>) => {
    const job = { ...newJob(engine, background, JSON.stringify(change)), ...change };
    return engine.store.write((tx) => tx.put('job', job));
  };
  const [yesterday, lastYear] = [-100_000_000, -30_000_000_000];
  await add({ status: 'finished', ended: yesterday });
  await add({ status: 'finished', ended: 0 });
  await add({ status: 'failed', ended: yesterday });
  await add({ status: 'failed', ended: lastYear });
  await add({ status: 'finished', ended: lastYear, autoCleared: false });
  await add({});
  await clearOldJobs(engine);
  const left = (await engine.store.list('job')).map((job) => job.description).sort();
  assert.deepEqual(left, [
    '{"status":"failed","ended":-100000000}',
    '{"status":"finished","ended":-30000000000,"autoCleared":false}',
    '{"status":"finished","ended":0}',
    '{}',
  ]);
});
