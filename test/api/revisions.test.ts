/** Every change that a host keeps is a revision: who, when, what, before and after; and there is a way back to each. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { describe as words } from '@patchbay/agent';
import { type HostView, hostAt, makeNetwork, type System, startSystem } from './system.ts';

describe('revisions', { timeout: 300_000 }, () => {
  let system: System;
  let host: HostView;
  let [red, blue] = ['', ''];
  before(async () => {
    system = await startSystem(1);
    host = hostAt(system, 0);
    red = await makeNetwork(system, 'red', { vlan: 101 });
    blue = await makeNetwork(system, 'blue', { vlan: 102 });
  });
  after(() => system.stop());

  const send = async (
    status: number,
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ) => {
    const reply = await host.request(method, path, body, headers);
    assert.equal(reply.status, status, `${method} ${path}: ${reply.text}`);
    return reply;
  };
  const list = async (query = '') => {
    const { text } = await send(200, 'GET', `/revisions${query}`, undefined, { accept: 'application/json' });
    return (JSON.parse(text).host_revision ?? []) as { id: string; description: string; time: number; user?: object }[];
  };
  const newest = async () => Number((await list('?max=1'))[0]?.id);
  const revision = async (path: string | number) => (await send(200, 'GET', `/revisions/${path}`)).as('host_revision');
  const attach = (network: string, nic: string, address?: string) => ({
    network: { id: network },
    host_nic: { name: nic },
    ...(address === undefined
      ? {}
      : {
          ip_address_assignments: {
            ip_address_assignment: [{ assignment_method: 'static', ip: { address, netmask: '255.255.255.0' } }],
          },
        }),
  });
  const stored = async () => {
    const { store } = system.engine.engine;
    const nics = (await store.list('nic', host.id)).filter((nic) => nic.kind !== 'vlan');
    return { nics, attachments: await store.list('attachment', host.id) };
  };
  const byNetwork = async () => {
    const found = new Map((await stored()).attachments.map((one) => [one.networkId, one.id]));
    return { red: found.get(red), blue: found.get(blue) };
  };
  /** What the kernel is, but for the numbers that it gives by itself. */
  const kernel = async () => {
    const { links, routes, rules } = await host.memory.kernel.observe();
    const parts = links.map(({ index: _, bridge, addresses, ...link }) => [
      ...Object.entries(link).map(([key, value]) => `${link.name} ${key}: ${JSON.stringify(value)}`),
      `${link.name} bridge: ${JSON.stringify(bridge)}`,
      `${link.name} addresses: ${addresses.map((one) => `${one.address}/${one.prefix}`).sort()}`,
    ]);
    return [...parts.flat(), ...[...routes, ...rules].map((one) => JSON.stringify(one))].sort();
  };

  test('the first is the installation, which nobody asked for', async () => {
    const [first, ...rest] = await list();
    assert.deepEqual(rest, []);
    assert.equal(first?.id, '1');
    assert.equal(first.user, undefined);
    const { differences, before: was, after: is, steps } = await revision(1);
    assert.deepEqual(
      differences?.map(({ kind, name, change }) => [kind, name, change]),
      [['network', 'ovirtmgmt', 'added']],
    );
    assert.deepEqual(was, []);
    assert.deepEqual(
      is?.map((entry) => entry.name),
      ['ovirtmgmt'],
    );
    assert.ok((steps?.length ?? 0) > 0);
  });

  test('a change says who, when, with which request, and what was done', async () => {
    const { executed } = host.memory.kernel;
    const from = executed.length;
    await send(201, 'POST', '/networkattachments', attach(red, 'eth1', '10.1.1.2'), { 'correlation-id': 'my-change' });
    const made = await revision(2);
    assert.equal(made.description, 'Adding a network attachment');
    assert.equal(made.correlation_id, 'my-change');
    assert.ok(Math.abs((made.time ?? 0) - Date.now()) < 60_000);
    const admin = await system.engine.engine.store.named('app_user', null, 'admin@internal');
    assert.equal(made.user?.id, admin?.id);
    assert.equal(made.host?.id, host.id);
    assert.ok(made.actions?.link?.some(({ rel, href }) => rel === 'revert' && href?.endsWith('/revisions/2/revert')));
    assert.equal(made.change_set?.modified_network_attachments?.[0]?.network?.name, 'red');
    assert.deepEqual(
      made.steps?.map((step) => step.description),
      executed.slice(from).map(words),
    );
    assert.deepEqual(
      made.differences?.map(({ name, change }) => [name, change]),
      [['red', 'added']],
    );
  });

  test('what changes nothing, is refused or is taken back is none', async (t) => {
    const number = await newest();
    const { red: id } = await byNetwork();
    await send(200, 'POST', '/setupnetworks', { modified_network_attachments: { network_attachment: [{ id }] } });
    await send(400, 'POST', '/networkattachments', attach(red, 'eth1'));
    const failing = t.mock.method(
      host.memory.kernel,
      'execute',
      async () => ({ ok: false, failed: null, message: 'no' }),
      { times: 1 },
    );
    await send(502, 'POST', '/networkattachments', attach(blue, 'eth1'));
    assert.ok(failing.mock.callCount() > 0);
    await send(200, 'DELETE', `/networkattachments/${id}?preview`);
    assert.equal(await newest(), number);
  });

  test('two revisions can be compared, in both directions', async () => {
    const { red: id } = await byNetwork();
    await send(200, 'PUT', `/networkattachments/${id}`, { host_nic: { name: 'eth2' } });
    await send(201, 'POST', '/networkattachments', attach(blue, 'eth2'));
    assert.equal(await newest(), 4);
    const moved = { name: 'base', before: 'eth1', after: 'eth2' };
    const { differences } = await revision('4?since=2');
    assert.deepEqual(
      differences?.map(({ name, change }) => [name, change]),
      [
        ['blue', 'added'],
        ['red', 'changed'],
      ],
    );
    assert.deepEqual(differences?.[1]?.properties, [moved]);
    const back = await revision('2;since=4');
    assert.deepEqual(
      back.differences?.map(({ name, change }) => [name, change]),
      [
        ['blue', 'removed'],
        ['red', 'changed'],
      ],
    );
    await send(404, 'GET', '/revisions/4?since=77');
    await send(404, 'GET', '/revisions/nosuch');
    await send(404, 'POST', '/revisions/77/revert', {});
  });

  test('lists are newest first and as long as asked', async () => {
    assert.deepEqual(
      (await list()).map(({ id }) => id),
      ['4', '3', '2', '1'],
    );
    assert.deepEqual(
      (await list('?max=2')).map(({ id }) => id),
      ['4', '3'],
    );
    assert.deepEqual(await list(';max=0'), []);
  });

  test('a revert can be seen before it is made, keeps the ids of what stays, and undoes the rest', async () => {
    const [was, looked] = [await stored(), await kernel()];
    const bond = { name: 'bond0', bonding: { slaves: { host_nic: [{ name: 'eth2' }, { name: 'eth3' }] } } };
    const ids = await byNetwork();
    await send(200, 'POST', '/setupnetworks', {
      modified_bonds: { host_nic: [bond] },
      modified_network_attachments: {
        network_attachment: [
          { ...attach(red, 'bond0'), id: ids.red },
          { id: ids.blue, host_nic: { name: 'eth4' } },
        ],
      },
      modified_labels: { network_label: [{ id: 'lab', host_nic: { name: 'bond0' } }] },
    });
    await send(200, 'DELETE', `/networkattachments/${ids.blue}`);
    const path = '/revisions/4/revert';
    const { executed } = host.memory.kernel;
    const from = executed.length;
    const preview = (await send(200, 'POST', `${path}?preview`, {})).as('host_change_preview');
    assert.equal(preview.accepted, true, JSON.stringify(preview.violations));
    assert.equal(executed.length, from);
    await send(200, 'POST', path, {});
    assert.deepEqual(
      preview.steps?.map((step) => step.description),
      executed.slice(from).map(words),
    );
    assert.deepEqual(await kernel(), looked);
    const now = await stored();
    assert.deepEqual(now.nics, was.nics);
    const same = now.attachments.map((one) => (one.networkId === blue ? { ...one, id: ids.blue } : one));
    assert.deepEqual(same, was.attachments);
    assert.equal((await byNetwork()).red, ids.red, 'it was attached all the time');
    const made = await revision(await newest());
    assert.equal(made.description, 'Reverting to revision 4');
    assert.deepEqual((await revision(`${made.id}?since=4`)).differences, []);
    await send(200, 'POST', path, {});
    assert.equal(await newest(), Number(made.id), 'reverting to what is there changes nothing');
  });

  test('a revert puts right what drifted', async () => {
    host.memory.kernel.disturb({ kind: 'link.del', name: 'red' });
    await send(200, 'POST', '/refresh', {});
    const preview = (await send(200, 'POST', '/revisions/4/revert?preview', {})).as('host_change_preview');
    assert.deepEqual(preview.violations, []);
    assert.deepEqual(preview.differences, [], 'what it is told stays the same');
    assert.ok(
      preview.steps?.some(({ description }) => description === 'Make bridge red'),
      JSON.stringify(preview.steps),
    );
    await send(200, 'POST', '/revisions/4/revert', {});
    assert.ok((await host.memory.kernel.observe()).links.some((link) => link.name === 'red'));
  });

  test('what cannot be had again is refused by name, as ever', async () => {
    await send(200, 'POST', '/revisions/1/revert', {});
    const gone = await system.api.request('DELETE', `/networks/${blue}`);
    assert.equal(gone.status, 200, gone.text);
    const { text } = await send(400, 'POST', '/revisions/4/revert', {});
    assert.match(text, /ATT-0[23]/);
    assert.match(text, /blue/);
  });

  test('only so many are kept as the setting says, and numbers are not used again', async () => {
    const { store } = system.engine.engine;
    await store.write((tx) => tx.put('setting', { id: 'HostNetworkRevisionsKept', value: '2' }));
    const last = await newest();
    const { id } = (await send(201, 'POST', '/networkattachments', attach(red, 'eth1'))).as('network_attachment');
    await send(200, 'DELETE', `/networkattachments/${id}`);
    await send(201, 'POST', '/networkattachments', attach(red, 'eth1'));
    assert.deepEqual(
      (await list()).map((one) => Number(one.id)),
      [last + 3, last + 2],
    );
    await send(404, 'GET', '/revisions/1');
  });

  test('the host leads to them', async () => {
    const { text } = await send(200, 'GET', '');
    assert.match(text, /rel="revisions"|"rel": "revisions"/);
  });
});
