/** `follow` and `detail`: links are answered inside the entity that has them, by the handlers that serve their addresses. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hostAt, makeNetwork, type System, startSystem } from './system.ts';

interface Loose {
  [member: string]: Loose & Loose[] & string;
}

describe('follow', { timeout: 120_000 }, () => {
  let system: System;
  before(async () => {
    system = await startSystem(2, 40);
    const network = await makeNetwork(system, 'red', { vlan: 101 });
    const nic = await hostAt(system, 0).nic('eth1');
    const made = await hostAt(system, 0).request('POST', `/nics/${nic}/networkattachments`, {
      network: { id: network },
    });
    assert.equal(made.status, 201, made.text);
  });
  after(() => system.stop());

  const read = async (path: string): Promise<Loose> => {
    const { status, text } = await system.api.request('GET', path, undefined, { accept: 'application/json' });
    assert.equal(status, 200, text);
    return JSON.parse(text) as Loose;
  };

  test('collections and entities, several levels deep, in any spelling', async () => {
    const path = `/hosts/${hostAt(system, 0).id}`;
    const host = await read(`${path}?follow=Cluster.data_center,networkattachments.network,nics.statistics`);
    assert.equal(host['cluster']?.['data_center']?.['name'], 'Default');
    const networks = host['network_attachments']?.['network_attachment']?.map((a) => a['network']?.['name']);
    assert.deepEqual(networks?.sort(), ['ovirtmgmt', 'red']);
    assert.ok((host['nics']?.['host_nic']?.length ?? 0) > 5);
    assert.ok(
      host['link']?.some((link) => link['rel'] === 'nics'),
      'the links stay',
    );
    const plain = await read(path);
    assert.equal(plain['nics'], undefined);
    assert.deepEqual(Object.keys(plain['cluster'] ?? {}).sort(), ['href', 'id']);
  });

  test('what is followed is what its own address answers', async () => {
    const host = hostAt(system, 0);
    const followed = await read(`/hosts/${host.id}?follow=nics`);
    assert.deepEqual(followed['nics'], await read(`/hosts/${host.id}/nics`));
  });

  test('every member of a collection is opened, and max cuts before', async () => {
    const all = await read('/hosts?follow=nics.host&max=1');
    assert.equal(all['host']?.length, 1);
    const name = all['host']?.[0]?.['name'];
    for (const nic of all['host']?.[0]?.['nics']?.['host_nic'] ?? []) assert.equal(nic['host']?.['name'], name);
  });

  test('an empty follow is none, an unknown name is refused with those that exist', async () => {
    assert.equal((await read('/networks?follow='))['network']?.[0]?.['data_center']?.['name'], undefined);
    for (const path of ['/networks?follow=nics', '/hosts;follow=nics.rings', '/jobs?follow=owner.jobs']) {
      const refused = await system.api.request('GET', path);
      assert.equal(refused.status, 400, path);
      assert.match(refused.text, /no link/);
    }
    const circle = 'nics.host.nics.host.nics.host.nics';
    assert.equal((await system.api.request('GET', `/hosts?follow=${circle}`)).status, 400);
  });

  test('links that lead in circles to more than one answer can have are refused, with what helps', async () => {
    const get = (query: string) => system.api.request('GET', `/hosts?${query}`);
    for (const circle of ['nics.host.nics.host.nics', 'cluster,nics.host.nics.host.nics.host']) {
      const refused = await get(`follow=${circle}`);
      assert.equal(refused.status, 400);
      assert.match(refused.text, /More than 100000 objects are behind these links; follow fewer of them/);
    }
    assert.equal((await get('follow=nics.host.nics.host.nics&search=name%3Dnone')).status, 200);
  });

  test('XML shows a followed collection under its member', async () => {
    const { text } = await system.api.request('GET', '/datacenters?follow=clusters,networks');
    assert.match(text, /<clusters>\s*<cluster .*<\/clusters>\s*<networks>/s);
  });
});
