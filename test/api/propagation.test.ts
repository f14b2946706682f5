/** What changes in the data centre reaches the hosts in the background: each one once, with a job that shows how far it is. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, describe, type TestContext, test } from 'node:test';
import { actionJob, ended, followedJob, inSync, jobNow, labelNic, stepsOf, storedAttachment } from './propagation.ts';
import { hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

describe('propagation', { timeout: 300_000 }, () => {
  let system: System;
  let cluster: string;
  before(async () => {
    system = await startSystem(3);
    cluster = (await system.engine.engine.store.list('cluster'))[0]?.id ?? '';
  });
  after(() => system.stop());
  const every = () => [0, 1, 2].map((at) => hostAt(system, at));
  const put = (id: string, body: object, query = '') => system.api.request('PUT', `/networks/${id}${query}`, body);

  test('a changed network is sent to every host that carries it, and to no other', async () => {
    const id = await makeNetwork(system, 'storage', { vlan: 201 });
    const [one, two, three] = every();
    assert.ok(one && two && three);
    for (const host of [one, two]) {
      const nic = await host.nic('eth1');
      const made = await host.request('POST', `/nics/${nic}/networkattachments`, { network: { id } });
      assert.equal(made.status, 201, made.text);
    }
    const before = [one, two, three].map((host) => host.memory.kernel.executed.length);
    const answer = await put(id, { mtu: 9000 });
    assert.equal(answer.status, 200, answer.text);
    const job = await ended(system, followedJob(answer));
    assert.equal(job.status, 'finished');
    assert.equal(job.description, 'Network storage was changed');
    assert.ok(job.last_updated >= job.start_time && job.owner?.id !== undefined);
    const steps = await stepsOf(system, job.id);
    assert.deepEqual(
      steps.map((step) => [Number(step.number), step.description, step.status, step.execution_host?.id]),
      [
        [1, '(1/2) Host host1: Network storage was changed:', 'finished', one.id],
        [2, '(2/2) Host host2: Network storage was changed:', 'finished', two.id],
      ],
    );
    for (const step of steps) assert.ok(step.end_time !== undefined && step.start_time !== undefined);
    for (const host of [one, two]) {
      const links = (await host.memory.kernel.observe()).links;
      assert.equal(links.find((link) => link.name === 'eth1.201')?.mtu, 9000);
      assert.equal(await inSync(system, host, id), true);
    }
    assert.equal(three.memory.kernel.executed.length, before[2], 'host3 was left alone');
    const events = await system.engine.engine.store.events();
    const about = (name: string) => events.filter((event) => event.description.startsWith(`${name}: `));
    assert.equal(about('PERSIST_HOST_SETUP_NETWORK_ON_HOST').length, 2);
    assert.equal(about('PERSIST_NETWORK_ON_HOST_FINISHED').length, 2);
    assert.equal(about('NETWORK_UPDATE_NETWORK_STARTED').length, 1);
    assert.match(about('HOSTS_FOLLOWED')[0]?.description ?? '', /2 of 2 hosts done/);
    const numbered = about('PERSIST_HOST_SETUP_NETWORK_ON_HOST').map((event) => event.description.slice(36, 53));
    assert.deepEqual(numbered.sort(), ['(1/2) Host host1:', '(2/2) Host host2:']);
  });

  test('a change that no host would notice reaches none, and says so', async () => {
    const id = await makeNetwork(system, 'unused', { vlan: 202 });
    const answer = await put(id, { mtu: 2000 });
    assert.equal(answer.headers.get('patchbay-job'), null);
    const [newest] = await system.engine.engine.store.events();
    assert.match(newest?.description ?? '', /^NETWORK_UPDATE_NOTHING_TO_DO: Network unused was changed/);
    const comment = await put(id, { comment: 'only words' });
    assert.equal(comment.headers.get('patchbay-job'), null);
  });

  test('hosts may be left as they are, and synchronised later, the whole cluster at once', async () => {
    const id = await makeNetwork(system, 'later', { vlan: 203 });
    for (const host of every()) {
      const nic = await host.nic('eth2');
      await host.request('POST', `/nics/${nic}/networkattachments`, { network: { id } });
    }
    const answer = await put(id, { vlan: { id: 303 } }, '?propagate=false');
    assert.equal(answer.headers.get('patchbay-job'), null);
    for (const host of every()) assert.equal(await inSync(system, host, id), false);
    const sync = await system.api.request('POST', `/clusters/${cluster}/syncallnetworks`, {});
    assert.equal(sync.status, 200, sync.text);
    const job = await ended(system, actionJob(sync));
    assert.equal(job.status, 'finished');
    for (const host of every()) assert.equal(await inSync(system, host, id), true);
    const none = await system.api.request('POST', `/clusters/${cluster}/syncallnetworks`, {});
    assert.equal(actionJob(none), undefined);
    const [newest] = await system.engine.engine.store.events();
    assert.match(newest?.description ?? '', /^CLUSTER_SYNC_NOTHING_TO_DO/);
  });

  test('a label brings a network to labelled nics; taken off, it takes it along', async () => {
    const id = await makeNetwork(system, 'vms', { vlan: 204 });
    for (const host of every()) await labelNic(host, 'eth3', 'guests');
    const labelled = await system.api.request('POST', `/networks/${id}/networklabels`, { id: 'guests' });
    assert.equal(labelled.status, 201, labelled.text);
    assert.equal((await ended(system, followedJob(labelled))).status, 'finished');
    for (const host of every()) assert.equal((await storedAttachment(system, host, id))?.nicId, await host.nic('eth3'));
    const off = await system.api.request('DELETE', `/networks/${id}/networklabels/guests`);
    assert.equal((await ended(system, actionJob(off))).status, 'finished');
    for (const host of every()) {
      assert.equal(await storedAttachment(system, host, id), undefined);
      const links = (await host.memory.kernel.observe()).links.map((link) => link.name);
      assert.ok(!links.includes('eth3.204') && !links.includes('vms'));
    }
  });

  test('a rollout stops at the first wave in which a host fails, and goes on when it is resumed', async () => {
    const [one, , three] = every();
    assert.ok(one && three);
    for (const host of every()) await labelNic(host, 'eth4', 'plain');
    const blocking = await makeNetwork(system, 'blocking');
    const id = await makeNetwork(system, 'wanted');
    const nic = await one.nic('eth4');
    const made = await one.request('POST', `/nics/${nic}/networkattachments`, { network: { id: blocking } });
    assert.equal(made.status, 201, made.text);
    const path = `/networks/${id}/networklabels?stop_on_failure=true&wave_width=1`;
    const job = await ended(system, followedJob(await system.api.request('POST', path, { id: 'plain' })));
    assert.equal(job.status, 'failed');
    assert.equal(job.comment, '0 of 3 hosts done, 1 failed, 2 not begun.');
    const steps = await stepsOf(system, job.id);
    assert.deepEqual(
      steps.map((step) => step.status),
      ['failed', 'aborted', 'aborted'],
    );
    assert.match(steps[0]?.comment ?? '', /EXCL-01/);
    assert.equal(await storedAttachment(system, three, id), undefined);
    const events = (await system.engine.engine.store.events()).map((event) => event.description);
    assert.ok(events.some((text) => /^PERSIST_NETWORK_ON_HOST_FAILED: \(1\/3\) Host host1.*EXCL-01/.test(text)));
    assert.ok(events.some((text) => /^ROLLOUT_STOPPED: .*2 more were not begun/.test(text)));

    const busy = await system.api.request('POST', `/jobs/${job.id}/end`, {});
    assert.equal(busy.status, 409, 'it is over');
    const gone = await storedAttachment(system, one, blocking);
    await one.request('DELETE', `/networkattachments/${gone?.id}`);
    const resumed = await system.api.request('POST', `/jobs/${job.id}/resume`, {});
    assert.equal(resumed.status, 200, resumed.text);
    const after = await ended(system, job.id);
    assert.deepEqual([after.status, after.comment], ['finished', '3 of 3 hosts done.']);
    for (const host of every()) assert.ok(await storedAttachment(system, host, id));
    const again = await system.api.request('POST', `/jobs/${job.id}/resume`, {});
    assert.equal(again.status, 409, again.text);
  });

  test('a host that is away has its turn when it is back, and holds up nobody', async () => {
    const id = await makeNetwork(system, 'patient', { vlan: 205 });
    for (const host of every()) {
      const nic = await host.nic('eth5');
      await host.request('POST', `/nics/${nic}/networkattachments`, { network: { id } });
    }
    const { store } = system.engine.engine;
    const [, two] = every();
    assert.ok(two);
    const stored = await store.get('host', two.id);
    assert.ok(stored);
    await store.write((tx) => tx.put('host', { ...stored, status: 'down' }));
    const jobId = followedJob(await put(id, { mtu: 4000 }));
    await until('the others have it', async () => {
      const steps = await stepsOf(system, jobId);
      return steps.filter((step) => step.status === 'finished').length === 2;
    });
    assert.equal((await jobNow(system, jobId)).status, 'started');
    const [, waiting] = await stepsOf(system, jobId);
    assert.deepEqual([waiting?.status, waiting?.start_time], ['unknown', undefined]);
    // A second change meanwhile is the same turn.
    const second = followedJob(await put(id, { mtu: 5000 }));
    const executed = two.memory.kernel.executed.length;
    const activated = await two.request('POST', '/activate', {});
    assert.equal(activated.status, 200, activated.text);
    for (const job of [jobId, second]) assert.equal((await ended(system, job)).status, 'finished');
    const set = two.memory.kernel.executed
      .slice(executed)
      .filter((op) => op.kind === 'link.set' && op.mtu !== undefined);
    assert.ok(set.length > 0 && set.every((op) => op.kind === 'link.set' && op.mtu === 5000), 'one change, not two');
  });

  test('a network leaves the cluster on the nics of its label alone, and comes back', async () => {
    const id = await makeNetwork(system, 'nomad', { vlan: 206 });
    for (const host of every()) await labelNic(host, 'eth1', 'travel');
    await ended(
      system,
      followedJob(await system.api.request('POST', `/networks/${id}/networklabels`, { id: 'travel' })),
    );
    const left = await system.api.request('DELETE', `/clusters/${cluster}/networks/${id}`);
    assert.equal((await ended(system, actionJob(left))).status, 'finished');
    const links = async () =>
      (await Promise.all(every().map((host) => host.memory.kernel.observe()))).map((kernel) =>
        kernel.links.some((link) => link.name === 'eth1.206'),
      );
    assert.deepEqual(await links(), [false, false, false]);
    const back = await system.api.request('POST', `/clusters/${cluster}/networks`, { id, required: false });
    assert.equal((await ended(system, followedJob(back))).status, 'finished');
    assert.deepEqual(await links(), [true, true, true]);
    const deleted = await system.api.request('DELETE', `/networks/${id}`);
    assert.equal((await ended(system, actionJob(deleted))).status, 'finished');
    assert.deepEqual(await links(), [false, false, false]);
  });

  test('the default route goes to another network on every host, and back with its network', async () => {
    const id = await makeNetwork(system, 'uplink', { vlan: 208 });
    const management =
      (await system.engine.engine.store.list('network')).find((one) => one.name === 'ovirtmgmt')?.id ?? '';
    for (const [at, host] of every().entries()) {
      const ip = { address: `198.51.100.${10 + at}`, netmask: '24', gateway: '198.51.100.1', version: 'v4' };
      const assignment = { ip_address_assignment: [{ assignment_method: 'static', ip }] };
      const body = { network: { id }, ip_address_assignments: assignment };
      const made = await host.request('POST', `/nics/${await host.nic('eth5')}/networkattachments`, body);
      assert.equal(made.status, 201, made.text);
    }
    const devices = async () =>
      (await Promise.all(every().map((host) => host.memory.kernel.observe()))).map(
        ({ routes }) => routes.find((r) => r.family === 4 && r.table === 254 && r.destination === 'default')?.device,
      );
    const path = `/clusters/${cluster}/networks/${id}`;
    const given = await system.api.request('PUT', path, { usages: { usage: ['vm', 'default_route'] } });
    assert.equal(given.status, 200, given.text);
    assert.equal((await ended(system, followedJob(given))).status, 'finished');
    assert.deepEqual(await devices(), ['uplink', 'uplink', 'uplink']);
    for (const host of every()) {
      for (const network of [id, management]) assert.equal(await inSync(system, host, network), true);
    }
    const left = await system.api.request('DELETE', path);
    assert.equal((await ended(system, actionJob(left))).status, 'finished');
    assert.deepEqual(await devices(), ['ovirtmgmt', 'ovirtmgmt', 'ovirtmgmt']);
  });

  /** Does `second` when `first` has been sent to its host, which hears of it after that. */
  async function during<F, S>(t: TestContext, first: () => Promise<F>, second: () => Promise<S>): Promise<[F, S]> {
    const { hosts } = system.engine.engine;
    const call = hosts.call.bind(hosts);
    const steps = new EventEmitter();
    const [sent, done] = [once(steps, 'sent'), once(steps, 'done')];
    const holding = t.mock.method(hosts, 'call', async (...asked: Parameters<typeof call>) => {
      steps.emit('sent');
      await done;
      return call(...asked);
    });
    const one = first();
    await Promise.race([sent, one]);
    const other = await second().finally(() => steps.emit('done'));
    const both: [F, S] = [await one, other];
    holding.mock.restore();
    return both;
  }

  test('a host that is just gaining a network follows what becomes of it meanwhile', async (t) => {
    const one = hostAt(system, 0);
    const fates = [
      (id: string) => `/networks/${id}/networklabels/soon`,
      (id: string) => `/clusters/${cluster}/networks/${id}`,
      (id: string) => `/networks/${id}`,
    ];
    for (const [at, fate] of fates.entries()) {
      const id = await makeNetwork(system, `fleeting${at}`, { vlan: 210 + at });
      const labelled = await system.api.request('POST', `/networks/${id}/networklabels`, { id: 'soon' });
      assert.equal(labelled.status, 201, labelled.text);
      const [, gone] = await during(
        t,
        () => labelNic(one, 'eth2', 'soon'),
        () => system.api.request('DELETE', fate(id)),
      );
      assert.equal((await ended(system, actionJob(gone))).status, 'finished');
      assert.equal(await storedAttachment(system, one, id), undefined);
      const links = (await one.memory.kernel.observe()).links.map((link) => link.name);
      assert.ok(!links.includes(`eth2.${210 + at}`) && !links.includes(`fleeting${at}`));
      const off = await one.request('DELETE', `/nics/${await one.nic('eth2')}/networklabels/soon`);
      assert.equal(off.status, 200, off.text);
    }
  });

  test('an attachment whose network leaves while it is being made is not there, and whoever made it is told', async (t) => {
    const id = await makeNetwork(system, 'leaving', { vlan: 213 });
    const one = hostAt(system, 0);
    const path = `/nics/${await one.nic('eth2')}/networkattachments`;
    const [made, left] = await during(
      t,
      () => one.request('POST', path, { network: { id } }),
      () => system.api.request('DELETE', `/clusters/${cluster}/networks/${id}`),
    );
    assert.equal(left.status, 200, left.text);
    assert.equal(made.status, 404, made.text);
    assert.match(made.text, /another request removed it meanwhile/);
    assert.equal(await storedAttachment(system, one, id), undefined);
  });

  test('a host that was busy and turns out to have nothing to follow has followed', async () => {
    const id = await makeNetwork(system, 'elsewhere', { vlan: 214 });
    const two = hostAt(system, 1);
    const before = two.memory.kernel.executed.length;
    const { locks } = system.engine.engine;
    const held = await locks.hold(two.id, 1000, async () => followedJob(await put(id, { mtu: 4000 })));
    const job = await ended(system, held?.value);
    assert.deepEqual([job.status, job.comment], ['finished', '1 of 1 hosts done.']);
    assert.equal(two.memory.kernel.executed.length, before);
  });

  test('a host that is removed is waited for no longer', async () => {
    const id = await makeNetwork(system, 'orphan', { vlan: 207 });
    const [, , three] = every();
    assert.ok(three);
    const nic = await three.nic('eth3');
    await three.request('POST', `/nics/${nic}/networkattachments`, { network: { id } });
    const { store } = system.engine.engine;
    const stored = await store.get('host', three.id);
    assert.ok(stored);
    await store.write((tx) => tx.put('host', { ...stored, status: 'down' }));
    const jobId = followedJob(await put(id, { mtu: 4000 }));
    const removed = await system.api.request('DELETE', `/hosts/${three.id}?force=true`);
    assert.equal(removed.status, 200, removed.text);
    assert.equal((await ended(system, jobId)).status, 'aborted');
  });
});
