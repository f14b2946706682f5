import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Job } from '../../store/index.ts';
import { bootstrap } from '../bootstrap.ts';
import { background, type Engine } from '../engine.ts';
import { HostLocks } from '../host-lock.ts';
import { newJob, newStep } from '../jobs/jobs.ts';
import { aHost, anEngine } from '../testing.ts';

const connected = { connected: () => true, call: () => Promise.reject(new Error('nobody is asked')), drop() {} };

/** A job in which hosts of these clusters follow, at once. @returns its id */
async function rollout(engine: Engine, clusters: readonly string[], stopOnFailure = false): Promise<string> {
  const job: Job = {
    ...newJob(engine, background, 'Network red was changed'),
    steps: { total: clusters.length, open: clusters.length, failed: 0, aborted: 0 },
    rollout: { cause: 'update', clusterId: null, dataCentreId: null, width: 1, stopOnFailure },
  };
  await engine.store.write(async (tx) => {
    await tx.put('job', job);
    for (const [at, clusterId] of clusters.entries()) {
      const host = aHost(`host${at}`, `h${at}`, clusterId);
      const step = newStep(engine, job, at + 1, `Host ${host.name}:`);
      await tx.put('host', host);
      await tx.put('step', {
        ...{ ...step, status: 'waiting', started: null, hostId: host.id },
        follow: { networks: [], everything: true },
      });
      await tx.put('errand', { id: step.id, hostId: host.id });
    }
  });
  return job.id;
}

async function clusterOf(engine: Engine): Promise<string> {
  await bootstrap(engine);
  return (await engine.store.list('cluster'))[0]?.id ?? '';
}

const stepsOf = async (engine: Engine, jobId: string) =>
  (await engine.store.list('step', jobId)).map(({ status, detail }) => `${status} ${detail}`.trim());

/** Resolves when the engine has said so in its log, and has done what comes with it. */
async function complaint(engine: Engine, saying: RegExp): Promise<void> {
  await new Promise<void>((resolve) => {
    engine.log.error = (_what: unknown, message = '') => {
      if (saying.test(message)) resolve();
    };
  });
  await setImmediate();
}

async function over(engine: Engine, jobId: string): Promise<void> {
  while ((await engine.store.get('job', jobId))?.status === 'started') await setImmediate();
}

test('a defect met at one host is the failure of that host, and the others follow', { timeout: 20_000 }, async () => {
  const engine = await anEngine({ hosts: connected });
  const cluster = await clusterOf(engine);
  const jobId = await rollout(engine, ['gone', cluster]);
  const told = complaint(engine, /a host that follows hit a defect/);
  await engine.rollouts.start();
  await told;
  await over(engine, jobId);
  assert.equal((await engine.store.get('job', jobId))?.status, 'failed');
  const [broken, followed] = await stepsOf(engine, jobId);
  assert.match(broken ?? '', /^failed The engine hit a defect: Host h0 belongs to cluster gone/);
  assert.equal(followed, 'finished');
});

test('steps are listed once, and hosts that come back meanwhile have their turn', { timeout: 20_000 }, async (t) => {
  const there = new Set(['host0', 'host2', 'host3']);
  const engine = await anEngine({ hosts: { ...connected, connected: (id) => there.has(id) } });
  const cluster = await clusterOf(engine);
  const jobId = await rollout(
    engine,
    Array.from({ length: 5 }, () => cluster),
  );
  const lists = t.mock.method(engine.store, 'list');
  const turns: string[] = [];
  const busy = t.mock.method(engine.locks, 'hold', async (...asked: Parameters<typeof engine.locks.hold>) => {
    turns.push(asked[0]);
    // While the third has its turn the first that was away comes back; the other does when nothing is under way any more.
    if (asked[0] === 'host2') {
      there.add('host1');
      await engine.rollouts.wakeHost('host1');
    }
    return HostLocks.prototype.hold.apply(engine.locks, asked);
  });
  engine.rollouts.wake(jobId);
  while ((await engine.store.get('job', jobId))?.steps.open !== 1) await setImmediate();
  there.add('host4');
  await engine.rollouts.wakeHost('host4');
  await over(engine, jobId);
  busy.mock.restore();
  assert.deepEqual(turns, ['host0', 'host2', 'host1', 'host3', 'host4']);
  assert.equal(lists.mock.calls.filter(({ arguments: [kind] }) => kind === 'step').length, 1);
  assert.deepEqual(await stepsOf(engine, jobId), Array(5).fill('finished'));
});

test('a rollout that could not be written down is looked at again by itself', { timeout: 20_000 }, async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const engine = await anEngine({ hosts: connected });
  const cluster = await clusterOf(engine);
  const jobId = await rollout(engine, [cluster, cluster]);
  const full = t.mock.method(engine.store, 'write', () => Promise.reject(new Error('database or disk is full')));
  const told = complaint(engine, /looked at again/);
  engine.rollouts.wake(jobId);
  await told;
  assert.deepEqual(await stepsOf(engine, jobId), ['waiting', 'waiting']);
  full.mock.restore();
  t.mock.timers.tick(30_000);
  await over(engine, jobId);
  assert.deepEqual(await stepsOf(engine, jobId), ['finished', 'finished']);
});

test('a rollout stops at a failure also where its stopping has to be written down later', {
  timeout: 20_000,
}, async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const engine = await anEngine({ hosts: connected });
  const jobId = await rollout(engine, ['gone', await clusterOf(engine)], true);
  const write = engine.store.write.bind(engine.store);
  const full = t.mock.method(engine.store, 'write', (...given: Parameters<typeof write>) =>
    full.mock.callCount() === 0 ? write(...given) : Promise.reject(new Error('database or disk is full')),
  );
  const told = complaint(engine, /looked at again/);
  engine.rollouts.wake(jobId);
  await told;
  const ends = async () => (await stepsOf(engine, jobId)).map((step) => step.split(' ')[0]);
  assert.deepEqual(await ends(), ['failed', 'waiting']);
  full.mock.restore();
  t.mock.timers.tick(30_000);
  await over(engine, jobId);
  assert.deepEqual(await ends(), ['failed', 'aborted']);
});
