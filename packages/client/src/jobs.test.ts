import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from './connect.ts';
import { followEvents } from './events.ts';
import { type Asked, fakeEngine, json } from './fake-engine-for-tests.ts';
import { waitForJob } from './jobs.ts';
import { wait } from './wait.ts';

function talking(answer: (asked: Asked) => Response) {
  const { asked, fetch } = fakeEngine(answer);
  return { asked, api: connect({ url: 'https://engine', token: 't', fetch }) };
}

test('a job is followed to its end', async () => {
  const statuses = ['started', 'started', 'finished', 'finished'];
  const { asked, api } = talking(() =>
    json({ id: 'j', status: statuses.shift() ?? '', steps: { step: [{ number: '1' }] } }),
  );
  const seen: unknown[] = [];
  const job = await waitForJob(api, 'j', { every: 1, onProgress: ({ status }) => seen.push(status) });
  assert.deepEqual([job.status, job.steps], ['finished', [{ number: 1 }]]);
  assert.deepEqual(seen, ['started', 'started', 'finished']);
  assert.match(asked[0]?.path ?? '', /\/jobs\/j\?follow=steps$/);
});

test('a job that failed is an error with the sentences of its steps', async () => {
  const steps = { step: [{ status: 'finished' }, { status: 'failed', comment: 'Host h refused.' }] };
  const { api } = talking(() => json({ id: 'j', description: 'Setting up networks', status: 'failed', steps }));
  await assert.rejects(waitForJob(api, { job: { id: 'j' } }), {
    name: 'JobError',
    message: 'Setting up networks: failed. Host h refused.',
  });
});

test('waiting is ended by its signal, and there must be a job to wait for', async () => {
  const { api } = talking(() => json({ id: 'j', status: 'started' }));
  await assert.rejects(waitForJob(api, 'j', { signal: AbortSignal.timeout(30), every: 1000 }), {
    name: 'TimeoutError',
  });
  await assert.rejects(waitForJob(api, {}), { name: 'TypeError', message: /has no job/ });
});

test('a wait is ended by its signal at once, with the reason, and leaves nothing behind', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const waiting = wait(60_000, controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(wait(60_000, controller.signal), reason);
  await wait(1, undefined);
});

test('events come in the order in which they happened, each once, from the id that is known', async () => {
  let newest = 5;
  const { asked, api } = talking(({ path }) => {
    const from = Number(new URLSearchParams(path.split('?')[1]).get('from') ?? newest - 1);
    const ids = Array.from({ length: newest - from }, (_, at) => ({ id: `${newest - at}` }));
    newest += 2;
    return json(ids.length === 0 ? {} : { event: ids });
  });
  const seen: unknown[] = [];
  for await (const { id } of followEvents(api, { from: 3, every: 1 })) if (seen.push(id) === 6) break;
  assert.deepEqual(seen, ['4', '5', '6', '7', '8', '9']);
  asked.length = 0;
  // Only what is new.
  for await (const { id } of followEvents(api, { every: 1, search: 'severity>=error' })) {
    assert.equal(Number(id), newest - 3);
    break;
  }
  assert.match(asked[0]?.path ?? '', /\/events\?max=1$/);
  assert.match(asked[1]?.path ?? '', /\/events\?from=\d+&search=severity%3E%3Derror$/);
});
