import assert from 'node:assert/strict';
import type { ApiObject } from '@patchbay/wire';
import { type Area, scenario } from '../area.ts';
import { nicPost } from '../asks.ts';
import type { Host } from '../host.ts';
import { memoryOf } from '../memory-ground.ts';

type Statistic = ApiObject<'statistic'>;

const datumOf = (all: readonly Statistic[], name: string) => all.find((one) => one.name === name)?.values?.[0]?.datum;

/** Total bytes in and out of a nic. */
async function totals(host: Host, nic: string): Promise<[number, number]> {
  const { id } = await host.nic(nic);
  const all = (await host.get(`/nics/${id}?follow=statistics`)).as('host_nic').statistics ?? [];
  return [datumOf(all, 'data.total.rx') ?? -1, datumOf(all, 'data.total.tx') ?? -1];
}

export const statistics: Area = {
  name: 'Statistics',
  scenarios: {
    'AC-332': scenario(async ({ network, extraHost, accepts, afterwards, dataCentreId, api }) => {
      const V = await network({ vlan: 332 });
      const host = await extraHost();
      await host.accepts(nicPost('eth1', V));
      const carry = (rx: number, tx: number) => memoryOf(host).kernel.carry('eth1.332', { rx, tx });
      carry(1000, 10);
      assert.deepEqual(await totals(host, 'eth1.332'), [1000, 10]);
      assert.deepEqual(await totals(host, 'eth1'), [1000, 10], 'the nic below carries it too');
      carry(500, 5);
      assert.deepEqual(await totals(host, 'eth1'), [1500, 15]);
      const cluster = { name: 'Counting', data_center: { id: dataCentreId } };
      const { id } = (await accepts('POST', '/clusters', 'cluster', cluster)).as('cluster');
      afterwards(() => api.request('DELETE', `/clusters/${id}`));
      await accepts('POST', `/hosts/${host.id}/deactivate`, 'action', {});
      await accepts('PUT', `/hosts/${host.id}`, 'host', { cluster: { id } });
      const [rx, tx] = await totals(host, 'eth1');
      assert.ok(rx >= 1500 && tx >= 15, `${rx} and ${tx} after the change of cluster`);
    }),
    'AC-334': scenario(async ({ host, api }) => {
      const path = `/hosts/${host.id}/nics`;
      const nics = (await host.nics()).length;
      const plain = await api.request('GET', path);
      assert.doesNotMatch(plain.text, /<statistics>/);
      const asked: [string, Record<string, string>][] = [
        [`${path}?detail=statistics`, {}],
        [`${path};detail=statistics`, {}],
        [path, { accept: 'application/xml; detail=statistics' }],
        [`${path}?follow=statistics`, {}],
      ];
      for (const [at, headers] of asked) {
        const { status, text } = await api.request('GET', at, undefined, headers);
        assert.equal(status, 200, text);
        const inside = [...text.matchAll(/<statistics>.*?<\/statistics>/gs)].map(([found]) => found);
        assert.equal(inside.length, nics, at);
        for (const one of inside) assert.equal([...one.matchAll(/<statistic /g)].length, 8, at);
      }
      const { id } = await host.nic('eth1');
      const [first] = (await host.get(`/nics/${id}?detail=statistics`)).as('host_nic').statistics ?? [];
      const alone = await api.request('GET', first?.href?.replace('/ovirt-engine/api', '') ?? '');
      assert.equal(alone.as('statistic').name, 'data.current.rx');
      assert.equal(alone.as('statistic').host_nic?.id, id);
      assert.equal((await api.request('GET', `${path}/${id}/statistics/${id}`)).status, 404);
    }),
  },
};
