/** What clients make, read and follow beside the networks: profiles, pools, tags, options, constants, and what is empty here. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostAt, makeNetwork, type System, startSystem } from './system.ts';

describe('beside the networks', { timeout: 120_000 }, () => {
  let system: System;
  before(async () => {
    system = await startSystem(1);
  });
  after(() => system.stop());
  const send = async (method: string, path: string, status: number, body?: object) => {
    const reply = await system.api.request(method, path, body, { accept: 'application/json' });
    assert.equal(reply.status, status, `${method} ${path}: ${reply.text}`);
    return reply;
  };
  const names = async (type: 'vnic_profile' | 'mac_pool' | 'tag' | 'network_filter', path: string) =>
    (await send('GET', path, 200)).items(type).map((one) => one.name);

  test('a vNIC profile comes and goes with its network, and others can be made', async () => {
    const network = await makeNetwork(system, 'red', { vlan: 5 });
    const plain = await makeNetwork(system, 'plain', { vlan: 6, vm: false });
    const below = `/networks/${network}/vnicprofiles`;
    assert.deepEqual(await names('vnic_profile', below), ['red']);
    assert.deepEqual(await names('vnic_profile', `/networks/${plain}/vnicprofiles`), []);
    const body = {
      ...{ name: 'fast', network: { id: network }, pass_through: { mode: 'enabled' }, port_mirroring: 'false' },
      ...{ custom_properties: { custom_property: [{ name: 'queues', value: '4' }] } },
      network_filter: { name: 'clean-traffic' },
    };
    const made = (await send('POST', '/vnicprofiles', 201, body)).as('vnic_profile');
    assert.equal(made.pass_through?.mode, 'enabled');
    assert.equal(made.network?.id, network);
    await send('POST', '/vnicprofiles', 409, body);
    await send('POST', below, 400, {});
    await send('POST', '/vnicprofiles', 404, { name: 'x', network: { id: 'nowhere' } });
    const followed = await send('GET', '/vnicprofiles?follow=network,permissions,network_filter', 200);
    const fast = followed.items('vnic_profile').find((one) => one.name === 'fast');
    assert.equal(fast?.network?.name, 'red');
    assert.equal(fast?.network_filter?.name, 'clean-traffic');
    const [bare] = followed.items('vnic_profile').filter((one) => one.name === 'red');
    assert.deepEqual([bare?.pass_through, bare?.port_mirroring], [{ mode: 'disabled' }, false]);
    const unfiltered = await send('PUT', `/vnicprofiles/${made.id}`, 200, { network_filter: {} });
    assert.equal(unfiltered.as('vnic_profile').network_filter, undefined, 'an empty reference takes it away');
    const changed = await send('PUT', `/vnicprofiles/${made.id}`, 200, { port_mirroring: 'true' });
    assert.equal(changed.as('vnic_profile').port_mirroring, true);
    assert.equal(changed.as('vnic_profile').pass_through?.mode, 'enabled', 'what is not sent stays');
    assert.deepEqual((await names('vnic_profile', below)).sort(), ['fast', 'red']);
    assert.equal((await send('GET', `${below}/${made.id}`, 200)).as('vnic_profile').name, 'fast');
    await send('GET', `/networks/${plain}/vnicprofiles/${made.id}`, 404);
    await send('DELETE', `/networks/${plain}/vnicprofiles/${made.id}`, 404);
    await send('DELETE', `${below}/${made.id}`, 200);
    await send('GET', `/vnicprofiles/${made.id}`, 404);
    const own = { name: 'bare', data_center: { name: 'Default' }, profile_required: false };
    const alone = (await send('POST', '/networks', 201, own)).as('network').id;
    assert.deepEqual(await names('vnic_profile', `/networks/${alone}/vnicprofiles`), []);
    await send('DELETE', `/networks/${network}`, 200);
    assert.deepEqual(await names('vnic_profile', '/vnicprofiles'), ['ovirtmgmt']);
  });

  test('a data centre comes with a vNIC profile of its management network, and goes with those of all its networks', async () => {
    assert.deepEqual(await names('vnic_profile', '/vnicprofiles'), ['ovirtmgmt'], 'the one of the first start');
    const { id } = (await send('POST', '/datacenters', 201, { name: 'Annex' })).as('data_center');
    const [management] = (await send('GET', `/datacenters/${id}/networks`, 200)).items('network');
    assert.deepEqual(await names('vnic_profile', `/networks/${management?.id}/vnicprofiles`), ['ovirtmgmt']);
    await send('POST', `/datacenters/${id}/networks`, 201, { name: 'green' });
    assert.deepEqual(await names('vnic_profile', '/vnicprofiles'), ['green', 'ovirtmgmt', 'ovirtmgmt']);
    await send('DELETE', `/datacenters/${id}`, 200);
    assert.deepEqual(await names('vnic_profile', '/vnicprofiles'), ['ovirtmgmt']);
  });

  test('a cluster shows all that clients look into before they change it, and keeps what it is given', async () => {
    const [first] = (await send('GET', '/clusters?search=name%3DDefault', 200)).items('cluster');
    assert.equal(first?.fencing_policy?.skip_if_connectivity_broken?.enabled, false);
    assert.equal(first?.fencing_policy?.skip_if_sd_active?.enabled, false);
    assert.equal(first?.migration?.bandwidth?.assignment_method, 'auto');
    const followed = (await send('GET', `/clusters/${first?.id}?follow=mac_pool,scheduling_policy`, 200)).as('cluster');
    assert.deepEqual([followed.mac_pool?.name, followed.scheduling_policy?.name], ['Default', 'none']);
    const pool = (await send('POST', '/macpools', 201, { name: 'pool2' })).as('mac_pool');
    const given = { fencing_policy: { skip_if_sd_active: { enabled: true } }, mac_pool: { name: 'pool2' } };
    const changed = (await send('PUT', `/clusters/${first?.id}`, 200, given)).as('cluster');
    assert.equal(changed.fencing_policy?.enabled, true);
    assert.equal(changed.fencing_policy?.skip_if_sd_active?.enabled, true);
    assert.equal(changed.fencing_policy?.skip_if_connectivity_broken?.threshold, 50, 'what was not sent stays');
    assert.equal(changed.mac_pool?.id, pool.id);
    await send('PUT', `/clusters/${first?.id}`, 404, { mac_pool: { name: 'nowhere' } });
    await send('PUT', `/clusters/${first?.id}`, 404, { scheduling_policy: { id: 'nowhere' } });
    await send('DELETE', `/macpools/${pool.id}`, 409);
    await send('DELETE', `/macpools/${followed.mac_pool?.id}`, 409);
    await send('PUT', `/clusters/${first?.id}`, 200, { mac_pool: { id: followed.mac_pool?.id } });
    await send('DELETE', `/macpools/${pool.id}`, 200);
  });

  test('MAC pools and tags live as long as they are wanted', async () => {
    assert.deepEqual(await names('mac_pool', '/macpools'), ['Default']);
    const ranges = { range: [{ from: '02:00:00:00:00:00', to: '02:00:00:00:00:ff' }] };
    const pool = (await send('POST', '/macpools', 201, { name: 'mine', ranges })).as('mac_pool');
    assert.deepEqual(pool.ranges, [{ from: '02:00:00:00:00:00', to: '02:00:00:00:00:ff' }]);
    assert.equal((await send('PUT', `/macpools/${pool.id}`, 200, { name: 'ours' })).as('mac_pool').name, 'ours');
    await send('DELETE', `/macpools/${pool.id}`, 200);
    await send('GET', `/macpools/${pool.id}`, 404);
    const tag = (await send('POST', '/tags', 201, { name: 'rack-1' })).as('tag');
    const below = `/hosts/${hostAt(system, 0).id}/tags`;
    await send('POST', below, 201, { name: 'rack-1' });
    await send('POST', below, 404, { name: 'rack-2' });
    assert.deepEqual(await names('tag', below), ['rack-1']);
    assert.deepEqual((await send('GET', '/hosts?search=tag%3Drack-1', 200)).items('host').length, 1);
    assert.deepEqual((await send('GET', '/hosts?search=tag%3Drack-2', 200)).items('host').length, 0);
    await send('DELETE', `${below}/${tag.id}`, 200);
    await send('GET', `${below}/${tag.id}`, 404);
    assert.deepEqual(await names('tag', '/tags'), ['rack-1']);
    await send('GET', `/vnicprofiles/${tag.id}`, 404);
  });

  test('options are told by their names, constants are the same everywhere', async () => {
    const option = (await send('GET', '/options/MaxAverageNetworkQoSValue', 200)).as('system_option');
    assert.match(option.values?.[0]?.value ?? '', /^\d+$/);
    const asked = (await send('GET', '/options/DefaultMTU?version=4.7', 200)).as('system_option');
    assert.deepEqual(asked.values, [{ value: '1500', version: '4.7' }]);
    for (const name of ['NoSuchOption', 'constructor']) await send('GET', `/options/${name}`, 404);
    const cluster = (await system.engine.engine.store.list('cluster'))[0]?.id;
    const filters = await names('network_filter', '/networkfilters');
    assert.ok(filters.includes('vdsm-no-mac-spoofing'));
    assert.deepEqual(await names('network_filter', `/clusters/${cluster}/networkfilters`), filters);
    const permissions = (await send('GET', '/permissions?follow=role,user', 200)).items('permission');
    assert.equal(permissions[0]?.role?.name, 'administrator');
    assert.equal(permissions[0]?.user?.name, 'admin');
  });

  test('what the root links is served, and its own ways are open', async () => {
    const root = (await send('GET', '', 200)).as('api');
    const rels = root.link?.map((link) => link.rel ?? '') ?? [];
    for (const rel of ['hosts', 'hosts/search', 'events/search', 'macpools', 'vnicprofiles', 'vms', 'clusterlevels']) {
      assert.ok(rels.includes(rel), rel);
    }
    for (const { rel = '', href = '' } of root.link ?? []) {
      if (rel.endsWith('/search') || rel === 'openapi') continue;
      await send('GET', href.replace('/ovirt-engine/api', ''), 200);
      assert.equal((await system.api.request('GET', `/${rel}`)).status, 200, `${rel} in XML`);
    }
    assert.ok(root.summary?.hosts?.total);
    assert.equal((await send('GET', '?filter=true', 200)).as('api').summary, undefined);
  });

  test('a dismissed event comes back', async () => {
    const body = { origin: 'test', severity: 'normal', custom_id: 1, description: 'told' };
    const { id } = (await send('POST', '/events', 201, body)).as('event');
    await send('DELETE', `/events/${id}`, 200);
    await send('GET', `/events/${id}`, 404);
    await send('POST', '/events/undelete', 200, {});
    await send('GET', `/events/${id}`, 200);
  });

  test('neighbours are told of ports, not of what is made of them', async () => {
    const host = hostAt(system, 0);
    const nic = await host.nic('eth1');
    const path = `/nics/${nic}/linklayerdiscoveryprotocolelements`;
    assert.equal((await host.request('GET', path)).status, 200);
    assert.match((await host.request('GET', `/nics/${nic}`)).text, /rel="linklayerdiscoveryprotocolelements"/);
    const bond = { name: 'bond1', bonding: { slaves: { host_nic: [{ name: 'eth1' }, { name: 'eth2' }] } } };
    const made = await host.request('POST', '/nics', bond);
    assert.equal(made.status, 201, made.text);
    const refused = await host.request('GET', `/nics/${made.as('host_nic').id}/linklayerdiscoveryprotocolelements`);
    assert.equal(refused.status, 400, refused.text);
    assert.doesNotMatch((await host.request('GET', `/nics/${made.as('host_nic').id}`)).text, /linklayer/);
  });
});
