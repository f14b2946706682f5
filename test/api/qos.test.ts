/** Named QoS through the API: every verb, every type, and how networks refer to it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RunningEngine, startEngine } from '@patchbay/engine';
import { pino } from 'pino';
import { type Client, client } from '../client.ts';

describe('QoS of a data centre', { timeout: 60_000 }, () => {
  let engine: RunningEngine;
  let api: Client;
  let dataCentre: string;
  before(async () => {
    engine = await startEngine({
      ...{ data: ':memory:', port: 0, agentPort: 0, adminPassword: 'secret', log: pino({ level: 'silent' }) },
      settings: { MaxHostNetworkQosShares: '200' },
    });
    api = client(engine.url, 'secret');
    dataCentre = (await engine.engine.store.named('data_centre', null, 'Default'))?.id ?? '';
  });
  after(() => engine.close());

  const path = (id = '') => `/datacenters/${dataCentre}/qoss${id === '' ? '' : `/${id}`}`;
  const make = async (body: object) => {
    const made = await api.request('POST', path(), body);
    assert.equal(made.status, 201, made.text);
    return made.as('qos');
  };
  const gold = { name: 'gold', type: 'hostnetwork', outbound_average_linkshare: 150 };

  test('is made, shown, changed and removed', async () => {
    const { id = '' } = await make({ ...gold, outbound_average_upperlimit: 20, inbound_peak: 7 });
    const shown = (await api.request('GET', path(id))).text;
    for (const part of ['<outbound_average_linkshare>150<', '<type>hostnetwork<', `data_center href=`])
      assert.ok(shown.includes(part), shown);
    assert.ok(!shown.includes('inbound_peak'), 'a member of another type');
    const changed = await api.request(
      'PUT',
      path(id),
      '<qos><outbound_average_realtime>20</outbound_average_realtime></qos>',
    );
    assert.equal(changed.status, 200);
    const { outbound_average_upperlimit: limit, outbound_average_realtime: committed } = changed.as('qos');
    assert.deepEqual([limit, committed], [20, 20], 'what is not sent stays');
    const refused = await api.request('PUT', path(id), { outbound_average_realtime: 21 });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /QOS-08/);
    assert.match((await api.request('GET', path())).text, /gold/);
    assert.equal((await api.request('DELETE', path(id))).status, 200);
    assert.equal((await api.request('GET', path(id))).status, 404);
    assert.equal((await api.request('DELETE', path(id))).status, 404);
    const events = (await engine.engine.store.events()).map((event) => event.description.split(':')[0]);
    assert.deepEqual(events.slice(0, 4), [
      ...['USER_REMOVED_QOS', 'USER_FAILED_TO_UPDATE_QOS', 'USER_UPDATED_QOS', 'USER_ADDED_QOS'],
    ]);
  });

  test('of another type is kept as it was sent, and has a name of its own', async () => {
    const types: [string, Record<string, number>][] = [
      ['storage', { max_iops: 500, max_read_throughput: 3 }],
      ['network', { inbound_average: 1, outbound_burst: 2 }],
      ['cpu', { cpu_limit: 50 }],
      ['hostnetwork', { outbound_average_linkshare: 5 }],
    ];
    for (const [type, values] of types) {
      const { id = '' } = await make({ name: 'one', type, ...values });
      const shown = await api.request('GET', path(id), undefined, { accept: 'application/json' });
      const wire = JSON.parse(shown.text) as Record<string, unknown>;
      for (const [name, value] of Object.entries(values)) assert.equal(Number(wire[name]), value, name);
    }
    const again = await api.request('POST', path(), { name: 'one', type: 'cpu' });
    assert.equal(again.status, 400);
    assert.match(again.text, /QOS-09/);
  });

  test('cannot be made without name and type, nor below an unknown data centre', async () => {
    for (const body of [{ type: 'cpu' }, { name: 'x' }])
      assert.equal((await api.request('POST', path(), body)).status, 400);
    assert.equal((await api.request('GET', '/datacenters/nowhere/qoss')).status, 404);
  });

  test('is referred to by networks, by id and by name, until it is taken off or removed', async () => {
    const { id = '' } = await make({ ...gold, name: 'silver' });
    const network = { data_center: { name: 'Default' } };
    const made = await api.request('POST', '/networks', { ...network, name: 'red', qos: { name: 'silver' } });
    assert.equal(made.status, 201, made.text);
    const red = made.as('network');
    assert.equal(red.qos?.id, id);
    assert.ok(made.text.includes(`${path(id)}"`), made.text);
    const kept = await api.request('PUT', `/networks/${red.id}`, { description: 'x' });
    assert.equal(kept.as('network').qos?.id, id);
    const cleared = await api.request('PUT', `/networks/${red.id}`, '<network><qos/></network>');
    assert.equal(cleared.as('network').qos, undefined);
    const again = await api.request('PUT', `/networks/${red.id}`, { qos: { id } });
    assert.equal(again.as('network').qos?.id, id);
    for (const qos of [{ id: 'nothing' }, { name: 'nothing' }]) {
      const refused = await api.request('PUT', `/networks/${red.id}`, { qos });
      assert.equal(refused.status, 400);
      assert.match(refused.text, /QOS-06.*ACTION_TYPE_FAILED_QOS_NOT_FOUND/);
    }
    const other = (await api.request('POST', '/datacenters', { name: 'other' })).as('data_center').id;
    const far = await api.request('POST', `/datacenters/${other}/qoss`, gold);
    const refused = await api.request('PUT', `/networks/${red.id}`, { qos: { id: far.as('qos').id } });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /QOS-06.*ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT/);
    assert.equal((await api.request('DELETE', path(id))).status, 200);
    assert.equal((await api.request('GET', `/networks/${red.id}`)).as('network').qos, undefined);
  });
});
