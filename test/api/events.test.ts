/** The audit log as its readers find it: by the numbers that oVirt gives, whoever caused the event. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostAt, makeNetwork, type System, startSystem } from './system.ts';

describe('events', { timeout: 60_000 }, () => {
  let system: System;
  before(async () => {
    system = await startSystem(1);
  });
  after(() => system?.stop());

  const json = { accept: 'application/json' };
  /** The events since the one of that id, oldest first. */
  async function since(id: number) {
    const { api } = system;
    return (await api.request('GET', `/events?from=${id}`, undefined, json)).items('event').reverse();
  }
  async function newest(): Promise<number> {
    return (await since(0)).at(-1)?.index ?? 0;
  }
  async function told(status: number, method: string, path: string, body?: object) {
    const before = await newest();
    const answer = await system.api.request(method, path, body, json);
    assert.equal(answer.status, status, answer.text);
    return { answer, events: (await since(before)).map((one) => [one.code, one.severity, one.description]) };
  }

  test('data centres, clusters and hosts come, change and go under the numbers of oVirt', async () => {
    const made = await told(201, 'POST', '/datacenters', { name: 'North' });
    assert.deepEqual(made.events, [[950, 'normal', 'USER_ADD_STORAGE_POOL: Data centre North was added.']]);
    const centre = `/datacenters/${made.answer.as('data_center').id}`;
    assert.deepEqual((await told(200, 'PUT', centre, { description: 'cold' })).events, [
      [952, 'normal', 'USER_UPDATE_STORAGE_POOL: Data centre North was updated.'],
    ]);
    const grown = await told(201, 'POST', `${centre}/clusters`, { name: 'Hill' });
    assert.deepEqual(grown.events, [[809, 'normal', 'USER_ADD_CLUSTER: Cluster Hill was added.']]);
    const cluster = `/clusters/${grown.answer.as('cluster').id}`;
    assert.deepEqual((await told(200, 'PUT', cluster, { name: 'Dale' })).events, [
      [811, 'normal', 'USER_UPDATE_CLUSTER: Cluster Hill was updated; it is called Dale now.'],
    ]);
    const come = await told(201, 'POST', '/hosts', { name: 'h2', address: '192.0.2.2', cluster: { name: 'Dale' } });
    assert.deepEqual(come.events, [[42, 'normal', 'USER_ADD_VDS: Host h2 was added and waits for its agent to join.']]);
    const host = `/hosts/${come.answer.as('host').id}`;
    for (const body of [{ address: '192.0.2.3' }, { comment: 'moved' }]) {
      assert.deepEqual((await told(200, 'PUT', host, body)).events, [
        [43, 'normal', 'USER_UPDATE_VDS: Host h2 was updated.'],
      ]);
    }
    assert.deepEqual((await told(200, 'DELETE', host)).events, [
      [44, 'normal', 'USER_REMOVE_VDS: Host h2 was removed.'],
    ]);
    assert.deepEqual((await told(200, 'DELETE', cluster)).events, [
      [813, 'normal', 'USER_REMOVE_CLUSTER: Cluster Dale was removed.'],
    ]);
    assert.deepEqual((await told(200, 'DELETE', centre)).events, [
      [954, 'normal', 'USER_REMOVE_STORAGE_POOL: Data centre North was removed.'],
    ]);
  });

  test('a host that is up, goes into maintenance and comes back', async () => {
    const { id } = hostAt(system, 0);
    assert.ok((await since(0)).some(({ code, host }) => code === 13 && host?.id === id));
    assert.deepEqual((await told(200, 'POST', `/hosts/${id}/deactivate`, {})).events, [
      [600, 'normal', 'USER_VDS_MAINTENANCE: Host host1 is maintenance.'],
    ]);
    assert.deepEqual((await told(200, 'POST', `/hosts/${id}/activate`, {})).events, [
      [16, 'normal', 'VDS_ACTIVATE: Host host1 is up.'],
    ]);
  });

  test('what is said of a change without refusing it has a number of its own', async () => {
    const host = hostAt(system, 0);
    const network = await makeNetwork(system, 'red', { vlan: 101 });
    const path = `/hosts/${host.id}/nics/${await host.nic('eth1')}/networkattachments`;
    const ip = { address: '198.51.100.2', netmask: '255.255.255.0', gateway: '203.0.113.1' };
    const outsider = { network: { id: network }, ip_address_assignments: [{ assignment_method: 'static', ip }] };
    // The host refuses it.
    const outside = await told(502, 'POST', path, outsider);
    assert.deepEqual(outside.events[0], [
      10929,
      'warning',
      'NETWORK_IPV4_GATEWAY_OUT_OF_RANGE: red: gateway 203.0.113.1 is outside the subnet of eth1 on host1.',
    ]);
    const served = { network: { id: network }, dns_resolver_configuration: { name_servers: ['192.0.2.53'] } };
    assert.deepEqual((await told(201, 'POST', path, served)).events[0], [
      30018,
      'warning',
      'NETWORK_NAME_SERVERS_WITHOUT_DEFAULT_ROUTE: Name servers of red take effect only when it has the default_route role.',
    ]);
  });

  test('what a client reports has a number by its severity, and all that the client says', async () => {
    const host = hostAt(system, 0);
    const report = { origin: 'rack', description: 'hot', custom_id: 7 };
    const numbers = { normal: 9801, warning: 9802, error: 9803, alert: 9804 };
    for (const [severity, code] of Object.entries(numbers)) {
      assert.deepEqual((await told(201, 'POST', '/events', { ...report, severity })).events, [[code, severity, 'hot']]);
    }
    const said = { ...report, severity: 'error', time: 1_760_000_000_000, flood_rate: 5, custom_data: 'slot 3' };
    const { answer } = await told(201, 'POST', '/events', {
      ...said,
      ...{ host: { name: host.name }, cluster: { name: 'Default' }, data_center: { name: 'Default' } },
    });
    const { id } = answer.as('event');
    const kept = (await system.api.request('GET', `/events/${id}`, undefined, json)).as('event');
    assert.deepEqual(kept, answer.as('event'));
    const { time, flood_rate, custom_data } = kept;
    assert.deepEqual({ ...report, severity: 'error', time, flood_rate, custom_data }, said);
    const { store } = system.engine.engine;
    const [cluster] = await store.list('cluster');
    assert.deepEqual(
      [kept.host?.id, kept.cluster?.id, kept.data_center?.id],
      [host.id, cluster?.id, cluster?.dataCentreId],
    );
  });

  test('what a client reports of something that there is not is refused, and not kept', async () => {
    const report = { origin: 'rack', description: 'hot', custom_id: 8, severity: 'normal' };
    const nobody = { id: '11111111-1111-4111-8111-111111111111' };
    for (const about of [
      { host: nobody },
      { host: { name: 'nobody' } },
      { cluster: nobody },
      { data_center: nobody },
    ]) {
      assert.deepEqual((await told(404, 'POST', '/events', { ...report, ...about })).events, []);
    }
  });

  test('what a former engine told is found as it was told', async () => {
    const { store } = system.engine.engine;
    const nobody = { host_id: null, cluster_id: null, data_centre_id: null, user_id: null };
    const description = 'HOST_ADDED: Host old was added and waits for its agent to join.';
    await store.write((tx) =>
      tx.addEvent({
        ...{ code: 30010, severity: 'normal', time: 1, description, origin: 'oVirt' },
        ...{ correlation_id: null, custom_id: null, ...nobody },
      }),
    );
    for (const search of ['type=30010', 'message=HOST_ADDED*']) {
      const found = await system.api.request('GET', `/events?search=${encodeURIComponent(search)}`, undefined, json);
      assert.deepEqual(
        found.items('event').map((one) => one.description),
        [description],
      );
    }
  });
});
