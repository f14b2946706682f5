/** Clients that do not want to wait: 202 at once, and a job that tells the end, good or bad. Jobs that clients keep. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { actionJob, ended, jobNow, stepsOf, storedAttachment } from './propagation.ts';
import { hostAt, makeNetwork, type System, startSystem } from './system.ts';

describe('not waiting', { timeout: 300_000 }, () => {
  let system: System;
  let network: string;
  before(async () => {
    system = await startSystem(1);
    network = await makeNetwork(system, 'red', { vlan: 101 });
  });
  after(() => system.stop());
  const host = () => hostAt(system, 0);
  const attach = (nic: string) => ({
    modified_network_attachments: { network_attachment: [{ network: { id: network }, host_nic: { name: nic } }] },
  });

  test('setupnetworks, asked in each of three ways, is answered before it is done', async () => {
    const ways: [string, Record<string, string>][] = [
      ['?async=true', {}],
      [';async=true', {}],
      ['', { 'x-ovirt-expect': '202-accepted' }],
    ];
    for (const [at, [suffix, headers]] of ways.entries()) {
      const nic = `eth${1 + (at % 2)}`;
      const path = `/hosts/${host().id}/setupnetworks${suffix}`;
      const reply = await system.api.request('POST', path, attach(nic), headers);
      assert.equal(reply.status, 202, reply.text);
      assert.match(reply.text, /in_progress/);
      const job = await ended(system, actionJob(reply));
      assert.equal(job.status, 'finished', job.comment);
      assert.equal(job.description, 'Setting up networks on host host1');
      const [step, ...others] = await stepsOf(system, job.id);
      assert.deepEqual([step?.status, step?.execution_host?.id, others.length], ['finished', host().id, 0]);
      assert.equal((await storedAttachment(system, host(), network))?.nicId, await host().nic(nic));
    }
  });

  test('what the rules refuse is told by the job and an event', async () => {
    const reply = await host().request('POST', '/setupnetworks?async=true', attach('eth99'));
    assert.equal(reply.status, 202, reply.text);
    const job = await ended(system, actionJob(reply));
    assert.equal(job.status, 'failed');
    assert.match(job.comment ?? '', /eth99.*ATT-14/);
    const [event] = await system.engine.engine.store.events();
    assert.match(event?.description ?? '', /^HOST_NETWORKS_CHANGE_FAILED: .*host1 failed: .*eth99/);
    const malformed = await host().request('POST', '/setupnetworks?async=true', '<action><nonsense/></action>');
    assert.equal(malformed.status, 400, 'what can be said at once is said at once');
    const unknown = await system.api.request('POST', '/hosts/nowhere/setupnetworks?async=true', {});
    assert.equal(unknown.status, 404);
  });

  test('attachments and the other actions do not wait either', async () => {
    const { id } = (await storedAttachment(system, host(), network)) ?? { id: '' };
    const put = await host().request('PUT', `/networkattachments/${id}?async=true`, { host_nic: { name: 'eth3' } });
    assert.equal(put.status, 202, put.text);
    assert.equal((await ended(system, actionJob(put))).status, 'finished');
    assert.equal((await storedAttachment(system, host(), network))?.nicId, await host().nic('eth3'));
    const gone = await host().request('DELETE', `/networkattachments/${id}?async=true`);
    assert.equal(gone.status, 202, gone.text);
    assert.match(gone.text, /<action>.*in_progress/s, 'the body is not empty');
    assert.equal((await ended(system, actionJob(gone))).status, 'finished');
    assert.equal(await storedAttachment(system, host(), network), undefined);
    const path = `/nics/${await host().nic('eth1')}/networkattachments?async=true`;
    const post = await host().request('POST', path, { network: { id: network } });
    assert.equal(post.status, 202, post.text);
    assert.equal((await ended(system, actionJob(post))).status, 'finished');
    assert.ok(await storedAttachment(system, host(), network));
    for (const action of ['commitnetconfig', 'refresh', 'syncallnetworks']) {
      const reply = await host().request('POST', `/${action}?async=true`, {});
      assert.equal(reply.status, 202, reply.text);
      assert.equal((await ended(system, actionJob(reply))).status, 'finished', action);
    }
  });

  test('a client keeps a job of its own', async () => {
    const refused = await system.api.request('POST', '/jobs', {});
    assert.match(refused.text, /description/);
    const made = await system.api.request('POST', '/jobs', { description: 'Rewiring row 7', auto_cleared: false });
    assert.equal(made.status, 201, made.text);
    const id = made.as('job').id ?? '';
    const step = await system.api.request('POST', `/jobs/${id}/steps`, { type: 'executing', description: 'Rack 1' });
    assert.equal(step.status, 201, step.text);
    const child = { type: 'validating', description: 'Cable', parent_step: { id: step.as('step').id } };
    const nested = await system.api.request('POST', `/jobs/${id}/steps`, child);
    assert.equal(nested.status, 201, nested.text);
    const stepPath = `/jobs/${id}/steps/${nested.as('step').id}`;
    assert.equal((await system.api.request('POST', `${stepPath}/end`, { succeeded: true })).status, 200);
    assert.equal((await system.api.request('POST', `${stepPath}/end`, {})).status, 409, 'it has ended');
    assert.equal((await jobNow(system, id)).status, 'started', 'a client ends its job itself');
    assert.equal((await system.api.request('POST', `/jobs/${id}/end`, { succeeded: false })).status, 200);
    const job = await jobNow(system, id);
    assert.deepEqual([job.status, job.end_time !== undefined], ['failed', true]);
    assert.deepEqual(
      (await stepsOf(system, id)).map(({ status, number }) => [Number(number), status]),
      [
        [1, 'failed'],
        [2, 'finished'],
      ],
    );
    assert.equal((await system.api.request('POST', `/jobs/${id}/steps`, child)).status, 409);
    assert.equal((await system.api.request('POST', `/jobs/${id}/clear`, {})).status, 200);
    assert.equal((await system.api.request('GET', `/jobs/${id}`)).status, 404);
  });

  test("the engine's own jobs are not a client's to end", async () => {
    const reply = await host().request('POST', '/refresh?async=true', {});
    const id = actionJob(reply) ?? '';
    await ended(system, id);
    for (const [action, status] of [
      ['end', 409],
      ['resume', 409],
    ] as const) {
      assert.equal((await system.api.request('POST', `/jobs/${id}/${action}`, {})).status, status, action);
    }
    const steps = `/jobs/${id}/steps`;
    assert.equal((await system.api.request('POST', steps, { type: 'executing', description: 'x' })).status, 409);
  });
});
