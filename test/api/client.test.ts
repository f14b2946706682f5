/** The typed client against a running engine, hosts in memory. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { ApiError, about, connect, followEvents, type Patchbay, waitForJob } from '@patchbay/client';
import { beginWalk, foundingOperations, type Walk } from '../seed/by-client.ts';
import { hostAt, type System, startSystem } from './system.ts';

const page = new URL('../../docs/rules.md', import.meta.url);

describe('the client', { timeout: 300_000 }, () => {
  let system: System;
  let api: Patchbay;
  let walk: Walk;
  before(async () => {
    system = await startSystem(2);
    api = connect({ url: system.api.url, user: 'admin@internal', password: 'secret' });
    walk = await beginWalk(api, 'host1', async () => {
      hostAt(system, 0).memory.kernel.disturb({ kind: 'link.set', name: 'lease', mtu: 1400 });
      await walk.host.refresh();
      const { in_sync: inSync, reported_configurations: reported } = await walk.attachment('lease');
      assert.equal(inSync, false);
      const mtu = reported?.find(({ name }) => name === 'mtu');
      assert.deepEqual([mtu?.expected_value, mtu?.actual_value, mtu?.in_sync], ['1500', '1400', false]);
    });
  });
  after(() => system.stop());

  for (const [title, work] of Object.entries(foundingOperations)) test(title, () => work(walk));

  test('answers have numbers, booleans and dates, also in what was followed', async () => {
    const [host] = await api.hosts.list({
      search: 'name=host1',
      follow: ['nics.statistics', 'cluster'],
      all_content: true,
    });
    const { nics = [], cluster } = host ?? {};
    assert.equal(cluster?.name, 'Default');
    assert.deepEqual([nics[0]?.mtu, nics[0]?.bridged], [1500, true]);
    assert.equal(host?.network_operation_in_progress, false);
    assert.ok(nics[0]?.statistics?.some(({ values }) => typeof values?.[0]?.datum === 'number'));
    const [event] = await api.events.list({ max: 1 });
    assert.ok(Math.abs(Date.now() - (event?.time ?? 0)) < 60_000);
  });

  test('a preview, the same change in its own time, and the way back by a revision', async () => {
    const { host } = walk;
    const change = { modified_network_attachments: [{ network: { name: 'blue' }, host_nic: { name: 'eth3' } }] };
    const before = await host.revisions.list();
    const preview = await host.setupNetworks(change, { preview: true });
    assert.equal(preview.accepted, true);
    assert.ok((preview.steps?.length ?? 0) > 3);
    assert.equal((await host.revisions.list()).length, before.length, 'a preview does nothing');
    const begun = await host.setupNetworks(change, { async: true, correlation_id: 'ours' });
    assert.deepEqual([begun.status, about(begun)?.status, about(begun)?.correlationId], ['in_progress', 202, 'ours']);
    const job = await waitForJob(api, begun, { every: 20 });
    assert.deepEqual([job.status, job.steps?.[0]?.execution_host?.id], ['finished', hostAt(system, 0).id]);
    const [newest, last] = await host.revisions.list({ max: 2 });
    assert.equal(newest?.correlation_id, 'ours');
    const back = await host.revisions.id(last?.id ?? '').revert({}, { preview: true });
    assert.deepEqual(
      back.differences?.map(({ name, change: how }) => [name, how]),
      [['blue', 'removed']],
    );
    await host.revisions.id(last?.id ?? '').revert();
    await assert.rejects(walk.attachment('blue'), /not attached/);
  });

  test('what hosts follow is waited for by its job', async () => {
    await walk.host.networkAttachments.add({ network: { name: 'red' }, host_nic: { name: 'eth3' } });
    const [red] = await api.networks.list({ search: 'name=red' });
    const changed = await api.networks.id(red?.id ?? '').update({ mtu: 1400 });
    await waitForJob(api, changed, { every: 20 });
    const { reported_configurations: reported } = await walk.attachment('red');
    assert.equal(reported?.find(({ name }) => name === 'mtu')?.actual_value, '1400');
  });

  test('a host that fails is told apart from a rule that refuses, at once and in its own time', async (t) => {
    const { kernel } = hostAt(system, 0).memory;
    const execute = kernel.execute.bind(kernel);
    const broken = t.mock.method(kernel, 'execute', async (...[ops, between]: Parameters<typeof execute>) => {
      const failed = ops.find((op) => op.kind === 'link.add');
      return failed === undefined ? execute(ops, between) : { ok: false as const, failed, message: 'No space left' };
    });
    const change = { modified_network_attachments: [{ network: { name: 'blue' }, host_nic: { name: 'eth4' } }] };
    await assert.rejects(walk.host.setupNetworks(change), { name: 'ApiError', status: 502, violations: [] });
    const begun = await walk.host.setupNetworks(change, { async: true });
    await assert.rejects(waitForJob(api, begun, { every: 20 }), { name: 'JobError', message: /No space left/ });
    broken.mock.restore();
    const wrong = { modified_bonds: [{ name: 'bond0', bonding: { slaves: [{ name: 'eth4' }] } }] };
    await assert.rejects(walk.host.setupNetworks(wrong), { status: 400, code: 'BOND-06' });
  });

  test('the networks of a host are copied to another', async () => {
    const target = api.hosts.id(hostAt(system, 1).id);
    const source_host = { id: hostAt(system, 0).id };
    const preview = await target.copyHostNetworks({ source_host }, { preview: true, include: 'labels,dns' });
    assert.deepEqual([preview.accepted, preview.differences?.map(({ name }) => name)], [true, ['red']]);
    assert.equal((await target.copyHostNetworks({ source_host })).status, 'complete');
    assert.equal((await target.networkAttachments.list()).length, 2);
    await target.commitNetConfig();
  });

  test('events are read on from an id', async () => {
    const [newest] = await api.events.list({ max: 1 });
    const from = Number(newest?.id);
    const event = { origin: 'test', severity: 'normal', custom_id: 1 } as const;
    for (const description of ['first', 'second']) await api.events.add({ ...event, description });
    const seen: (string | undefined)[] = [];
    for await (const { description } of followEvents(api, { from, every: 20 })) if (seen.push(description) === 2) break;
    assert.deepEqual(seen, ['first', 'second']);
  });

  test('a token that was taken back is replaced without a word, and signing out ends it', async () => {
    const tokens: string[] = [];
    const own = connect({
      ...{ url: system.api.url, user: 'admin@internal', password: 'secret' },
      onToken: (token) => tokens.push(token),
    });
    const first = await own.signIn();
    await connect({ url: system.api.url, token: first }).signOut();
    assert.equal((await own.hosts.list()).length, 2);
    assert.equal(tokens.length, 2);
    await own.signOut();
    const stale = connect({ url: system.api.url, token: tokens[1] });
    await assert.rejects(stale.hosts.list(), { name: 'ApiError', status: 401 });
    const wrong = connect({ url: system.api.url, user: 'admin@internal', password: 'guess' });
    await assert.rejects(wrong.hosts.list(), { name: 'SignInError', code: 'access_denied' });
  });
});

test('every rule is recognised in a fault', () => {
  const rows = [...readFileSync(page, 'utf8').matchAll(/^\| (\S+) \| \d+ \| `(\w+)` \| (.*) \|$/gm)];
  assert.ok(rows.length > 100, `${rows.length} rows`);
  const expected = rows.map(([, rule = '', key = '', message = '']) => ({ rule, key, message }));
  const detail = `[${expected.map(({ rule, key, message }) => `${message} (${rule}, ${key})`).join(' ')}]`;
  const error = new ApiError({ status: 400, reason: '', detail, method: 'POST', path: '/', correlationId: undefined });
  assert.deepEqual(error.violations, expected);
});
