/** Something is written between what a request has read and what it writes: both count. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { HostStatus } from '@patchbay/model';
import { beforeNextWrite, hostAt, type System, startSystem } from './system.ts';

describe('two writers', { timeout: 120_000 }, () => {
  let system: System;
  before(async () => {
    system = await startSystem(1);
  });
  after(() => system.stop());
  beforeEach(() => become('up'));

  const stored = async () => {
    const { engine } = system.engine;
    return (await engine.store.get('host', hostAt(system, 0).id)) ?? assert.fail('it is there');
  };
  const become = async (status: HostStatus) => {
    const host = await stored();
    await system.engine.engine.store.write((tx) => tx.put('host', { ...host, status }));
  };
  const make = async (path: string, body: object) => {
    const made = await system.api.request('POST', path, body);
    assert.equal(made.status, 201, made.text);
    return (JSON.parse(made.text) as { id: string }).id;
  };

  test('a host that is taken out of service while somebody changes it stays out', async (t) => {
    const host = hostAt(system, 0);
    beforeNextWrite(t, system, () => host.request('POST', '/deactivate', {}));
    const changed = await host.request('PUT', '', { comment: 'seen' });
    assert.equal(changed.status, 200, changed.text);
    assert.equal(changed.as('host').status, 'maintenance');
    const { status, comment } = await stored();
    assert.deepEqual([status, comment], ['maintenance', 'seen']);
  });

  test('a host that goes into service while somebody moves or removes it stays', async (t) => {
    const host = hostAt(system, 0);
    const other = await make('/clusters', { name: 'other', data_center: { name: 'Default' } });
    await become('maintenance');
    beforeNextWrite(t, system, () => host.request('POST', '/activate', {}));
    const moved = await host.request('PUT', '', { cluster: { id: other } });
    assert.equal(moved.status, 409, moved.text);
    assert.match(moved.text, /HOST-04/);
    await become('maintenance');
    beforeNextWrite(t, system, () => host.request('POST', '/activate', {}));
    const removed = await host.request('DELETE', '');
    assert.equal(removed.status, 409, removed.text);
    const { status, clusterId } = await stored();
    assert.deepEqual([status, clusterId === other], ['up', false]);
  });

  test('a host whose connection ends while it is activated does not respond', async (t) => {
    const host = hostAt(system, 0);
    await become('maintenance');
    const { hosts } = system.engine.engine;
    beforeNextWrite(t, system, async () => {
      t.mock.method(hosts, 'connected', () => false);
    });
    assert.equal((await host.request('POST', '/activate', {})).status, 200);
    assert.equal((await stored()).status, 'non_responsive');
  });

  test('a host that begins to join anew while it is activated goes on with that', async (t) => {
    const host = hostAt(system, 0);
    await become('maintenance');
    beforeNextWrite(t, system, () => become('installing'));
    const activated = await host.request('POST', '/activate', {});
    assert.equal(activated.status, 409, activated.text);
    assert.equal((await stored()).status, 'installing');
  });

  test('who changes another member of the same thing loses nothing, and what was removed stays so', async (t) => {
    for (const [path, more] of [
      ['/datacenters', {}],
      ['/clusters', { data_center: { name: 'Default' } }],
      ['/tags', {}],
      ['/hosts', { address: 'h.example.com' }],
    ] as const) {
      const id = await make(path, { name: 'shared', ...more });
      const at = `${path}/${id}`;
      beforeNextWrite(t, system, () => system.api.request('PUT', at, { comment: 'theirs' }));
      assert.equal((await system.api.request('PUT', at, { name: 'ours' })).status, 200);
      const both = await system.api.request('GET', at);
      assert.match(both.text, /ours/, path);
      if (path !== '/tags') assert.match(both.text, /theirs/, path);
      beforeNextWrite(t, system, () => system.api.request('DELETE', at));
      assert.equal((await system.api.request('PUT', at, { comment: 'late' })).status, 404, path);
      assert.equal((await system.api.request('GET', at)).status, 404, path);
    }
  });

  test('of two with one name only the first is added', async (t) => {
    for (const [path, more] of [
      ['/datacenters', {}],
      ['/clusters', { data_center: { name: 'Default' } }],
      ['/hosts', { address: 'h.example.com' }],
    ] as const) {
      const add = () => system.api.request('POST', path, { name: 'one', ...more });
      beforeNextWrite(t, system, add);
      assert.equal((await add()).status, 409, path);
    }
  });

  test('a data centre that gets a cluster while it is removed stays', async (t) => {
    const id = await make('/datacenters', { name: 'busy' });
    beforeNextWrite(t, system, () => make('/clusters', { name: 'busy', data_center: { id } }));
    const removed = await system.api.request('DELETE', `/datacenters/${id}`);
    assert.equal(removed.status, 409, removed.text);
  });
});
