/** What goes wrong at a host: the answer says so, everything is as it was, and the next change works. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RpcError } from '@patchbay/protocol';
import { writeSettings } from '../../packages/engine/src/operations/settings.ts';
import { ended, followedJob } from './propagation.ts';
import { hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

describe('failures at a host', { timeout: 300_000 }, () => {
  let system: System;
  let network: string;
  before(async () => {
    system = await startSystem(3);
    network = await makeNetwork(system, 'red', { vlan: 101 });
  });
  after(() => system.stop());

  const attach = async (query = '') => {
    const host = hostAt(system, 0);
    const path = `/nics/${await host.nic('eth1')}/networkattachments${query}`;
    return host.request('POST', path, { network: { id: network } });
  };
  const attached = async () =>
    (await system.engine.engine.store.list('attachment', hostAt(system, 0).id)).find((a) => a.networkId === network);
  const links = async () => {
    const { links } = await hostAt(system, 0).memory.kernel.observe();
    return links.map((link) => link.name);
  };

  test('a change that the kernel refuses half-way is taken back', async (t) => {
    const host = hostAt(system, 0);
    const { kernel } = host.memory;
    const before = await links();
    const execute = kernel.execute.bind(kernel);
    const refusal = t.mock.method(kernel, 'execute', async (...[ops, between]: Parameters<typeof execute>) => {
      const at = ops.findIndex((op) => op.kind === 'link.add' && op.type === 'bridge');
      const failed = ops[at];
      if (failed === undefined) return execute(ops, between);
      const done = await execute(ops.slice(0, at), between);
      return done.ok ? { ok: false as const, failed, message: 'No space left on device' } : done;
    });
    const refused = await attach();
    refusal.mock.restore();
    assert.equal(refused.status, 502, refused.text);
    assert.match(refused.text, /taken the change back/);
    assert.match(refused.text, /No space left on device/);
    assert.ok(refusal.mock.callCount() > 0);
    assert.deepEqual(await links(), before);
    assert.equal(await system.engine.engine.store.named('attachment', host.id, network), undefined);
    const next = await attach();
    assert.equal(next.status, 201, next.text);
    assert.ok((await links()).includes('eth1.101'));
  });

  test('what a rehearsal refuses does not begin, unless it is asked to without one', async (t) => {
    const host = hostAt(system, 0);
    const { kernel } = host.memory;
    await host.request('DELETE', `/networkattachments/${(await attached())?.id}`);
    const before = await links();
    const from = kernel.executed.length;
    const rehearsal = t.mock.method(kernel, 'rehearse', async ([op]: Parameters<typeof kernel.rehearse>[0]) => {
      assert.ok(op !== undefined);
      return { verdict: 'refused' as const, op, message: 'Operation not supported' };
    });
    const refused = await attach();
    assert.equal(refused.status, 502, refused.text);
    assert.match(refused.text, /rehearsal/);
    assert.match(refused.text, /Operation not supported/);
    assert.match(refused.text, /Nothing was changed on the host/);
    assert.match(refused.text, /ERR_REHEARSAL/);
    assert.deepEqual([await links(), kernel.executed.length], [before, from]);
    const preview = (await attach('?preview=true')).as('host_change_preview');
    assert.match(preview.fault?.detail ?? '', /Operation not supported/);
    assert.equal(rehearsal.mock.callCount(), 2);
    assert.equal((await attach('?rehearse=false&preview=true')).as('host_change_preview').fault, undefined);
    const made = await attach('?rehearse=false');
    assert.equal(made.status, 201, made.text);
    await writeSettings(system.engine.engine.store, { HostNetworkChangesRehearsed: 'false' });
    const gone = await host.request('DELETE', `/networkattachments/${(await attached())?.id}`);
    assert.equal(gone.status, 200, gone.text);
    assert.equal(rehearsal.mock.callCount(), 2);
    rehearsal.mock.restore();
    await writeSettings(system.engine.engine.store, { HostNetworkChangesRehearsed: 'true' });
    assert.equal((await attach()).status, 201);
  });

  test('what a host says while it refuses a change is not lost', async (t) => {
    const host = hostAt(system, 0);
    const { hosts, store } = system.engine.engine;
    await host.request('DELETE', `/networkattachments/${(await attached())?.id}`);
    const call = hosts.call.bind(hosts);
    const refusing = t.mock.method(hosts, 'call', async (...asked: Parameters<typeof call>) => {
      if (asked[1] !== 'apply') return call(...asked);
      host.memory.kernel.disturb({ kind: 'link.set', name: 'eth5', mtu: 1300 });
      await host.memory.look();
      return { accepted: false, problem: { code: 'ERR_BUSY', message: 'Not now.' } };
    });
    const refused = await attach();
    refusing.mock.restore();
    assert.equal(refused.status, 502, refused.text);
    const report = (await store.get('report', host.id))?.report;
    assert.equal(report?.links.find(({ name }) => name === 'eth5')?.mtu, 1300);
    assert.equal((await attach()).status, 201);
  });

  test('a change that was lost with the connection is sent again over the next one, and done once', async (t) => {
    const host = hostAt(system, 0);
    const { hosts, store } = system.engine.engine;
    await host.request('DELETE', `/networkattachments/${(await attached())?.id}`);
    const call = hosts.call.bind(hosts);
    let lost = 0;
    const losing = t.mock.method(hosts, 'call', async (...asked: Parameters<typeof call>) => {
      if (asked[1] !== 'apply' || lost > 0) return call(...asked);
      lost += 1;
      hosts.drop(host.id);
      assert.equal(hosts.connected(host.id), false, 'from then on there is no connection');
      throw new RpcError('closed', 'The connection closed.');
    });
    const from = host.memory.kernel.executed.length;
    const made = await attach();
    losing.mock.restore();
    assert.equal(made.status, 201, made.text);
    assert.equal(lost, 1);
    const added = host.memory.kernel.executed
      .slice(from)
      .filter((op) => op.kind === 'link.add' && op.name === 'eth1.101');
    assert.equal(added.length, 1);
    assert.equal(await store.runningTask(host.id), undefined);
  });

  test('a defect of the engine while a host follows does not keep the rollout from its end', async (t) => {
    const { hosts } = system.engine.engine;
    const call = hosts.call.bind(hosts);
    let met = 0;
    const defect = t.mock.method(hosts, 'call', async (...asked: Parameters<typeof call>) => {
      if (asked[1] !== 'apply' || met > 0) return call(...asked);
      met += 1;
      throw new TypeError('nobody foresaw this');
    });
    const changed = await system.api.request('PUT', `/networks/${network}`, { mtu: 2000 });
    const job = await ended(system, followedJob(changed));
    defect.mock.restore();
    assert.deepEqual([met, job.status], [1, 'finished']);
  });

  test('a host without a connection is named, and nothing is stored', async () => {
    const host = hostAt(system, 0);
    const { store, hosts } = system.engine.engine;
    await host.memory.stop();
    await until('the engine has noticed', async () => !hosts.connected(host.id));
    const before = JSON.stringify(await store.list('attachment', host.id));
    const attachment = await attached();
    const calls = [
      host.request('DELETE', `/networkattachments/${attachment?.id}`),
      host.request('POST', '/setupnetworks', {
        removed_network_attachments: { network_attachment: [{ id: attachment?.id }] },
      }),
      host.request('POST', '/refresh', {}),
      host.request('POST', '/commitnetconfig', {}),
    ];
    for (const { status, text } of await Promise.all(calls)) {
      assert.ok([409, 504].includes(status), `${status} ${text}`);
      assert.match(text, /host1/);
    }
    assert.equal(JSON.stringify(await store.list('attachment', host.id)), before);
  });

  test('whoever changes a host while it is removed is told so', async (t) => {
    const host = hostAt(system, 1);
    const { hosts, store } = system.engine.engine;
    const call = hosts.call.bind(hosts);
    let sent = () => {};
    const arrived = new Promise<void>((resolve) => {
      sent = resolve;
    });
    // It takes the change, and is never heard of again.
    t.mock.method(hosts, 'call', async (...asked: Parameters<typeof call>) => {
      if (asked[1] !== 'apply') return call(...asked);
      sent();
      return { accepted: true, problem: null };
    });
    const path = `/nics/${await host.nic('eth1')}/networkattachments`;
    const changed = host.request('POST', path, { network: { id: network } });
    await arrived;
    const removed = await host.request('DELETE', '?force=true');
    assert.equal(removed.status, 200, removed.text);
    const { status, text } = await changed;
    assert.equal(status, 400, text);
    assert.match(text, /Host host2 was removed meanwhile.*HOST-01/);
    const jobs = (await store.list('job')).filter(({ description }) => description.endsWith('on host host2'));
    assert.deepEqual(
      jobs.filter((job) => job.status === 'started'),
      [],
    );
    assert.ok(jobs.some((job) => job.status === 'failed' && job.detail === 'Host host2 was removed.'));
    await assert.rejects(hosts.call(host.id, 'report', {}, 1000), 'its link has ended');
  });

  test('nothing is begun on a host that is removed just before', async (t) => {
    const host = hostAt(system, 2);
    const { store } = system.engine.engine;
    const write = store.write.bind(store);
    let writes = 0;
    t.mock.method(store, 'write', async (...asked: Parameters<typeof write>) => {
      writes += 1;
      // The first makes the job, the second the task.
      if (writes === 2) assert.equal((await host.request('DELETE', '?force=true')).status, 200);
      return write(...asked);
    });
    const path = `/nics/${await host.nic('eth1')}/networkattachments`;
    const { status, text } = await host.request('POST', path, { network: { id: network } });
    assert.equal(status, 400, text);
    assert.match(text, /Host host3 was removed meanwhile.*HOST-01/);
    assert.equal(await store.runningTask(host.id), undefined);
    const jobs = (await store.list('job')).filter(({ description }) => description.endsWith('on host host3'));
    assert.ok(jobs.every((job) => job.status !== 'started'));
  });
});
