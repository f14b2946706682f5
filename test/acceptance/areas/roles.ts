/** The management network, and the other roles that networks have in a cluster. */
import assert from 'node:assert/strict';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { ask, attach, hostDelete, ip, put, remove, setupNetworks, v4, v6 } from '../asks.ts';
import type { Network, Stage } from '../stage.ts';

const usages = (...usage: string[]) => ({ usages: { usage } });

/** A data centre with a cluster of its own, both gone at the end. */
async function west({ accepts, afterwards, api }: Stage) {
  const dataCentre =
    (await accepts('POST', '/datacenters', 'data_center', { name: 'west' })).as('data_center').id ?? '';
  afterwards(() => api.request('DELETE', `/datacenters/${dataCentre}`));
  const cluster = async (name: string, more: object = {}) => {
    const made = await accepts('POST', '/clusters', 'cluster', { name, data_center: { id: dataCentre }, ...more });
    const id = made.as('cluster').id ?? '';
    afterwards(() => api.request('DELETE', `/clusters/${id}`));
    return id;
  };
  const network = async (name: string) =>
    (await accepts('POST', '/networks', 'network', { name, data_center: { id: dataCentre } })).as('network').id ?? '';
  return { dataCentre, cluster, network };
}

async function networkOf({ api }: Stage, cluster: string, role: string) {
  const reply = await api.request('GET', `/clusters/${cluster}/networks`, undefined, { accept: 'application/json' });
  return reply.items('network').find((one) => one.usages?.some((usage) => usage === role));
}

const roleOf = async (stage: Stage, cluster: string, role: string) => (await networkOf(stage, cluster, role))?.name;

/** Gives the network a role; it goes back to management when the network leaves the cluster. */
async function give({ accepts, clusterId, afterwards, api, host, other }: Stage, network: Network, role: string) {
  const path = `/clusters/${clusterId}/networks/${network.id}`;
  await accepts('PUT', path, 'network', usages('vm', role));
  afterwards(async () => {
    for (const one of [host, other])
      if ((await one.carrier(network)) !== null) await one.accepts(setupNetworks(remove(network)));
    await api.request('DELETE', path);
  });
}

export const roles: Area = {
  name: 'Management network and roles',
  scenarios: {
    'AC-273': scenario(async (stage) => {
      const { cluster } = await west(stage);
      const found = await networkOf(stage, await cluster('w1'), 'management');
      assert.equal(found?.name, 'ovirtmgmt');
      assert.equal(found?.required, true);
      assert.deepEqual(found?.usages, ['vm', 'display', 'migration', 'management', 'default_route']);
    }),
    'AC-274': scenario(async (stage) => {
      const { cluster, network } = await west(stage);
      const id = await cluster('w1');
      const [net1, net2] = [await network('net1'), await network('net2')];
      await stage.accepts('POST', `/clusters/${id}/networks`, 'network', { id: net1, required: true });
      await stage.accepts('POST', `/clusters/${id}/networks`, 'network', { id: net2, required: false });
      await stage.accepts('PUT', `/clusters/${id}/networks/${net1}`, 'network', usages('vm', 'management'));
      assert.equal(await roleOf(stage, id, 'management'), 'net1');
      const optional = ['PUT', `/clusters/${id}/networks/${net2}`, 'network', usages('vm', 'management')] as const;
      await stage.refuses([...optional], 400, 'MGMT-03', 'net2');
      assert.equal(await roleOf(stage, id, 'management'), 'net1');
    }),
    'AC-275': scenario(async (stage) => {
      const { id } = (await networkOf(stage, stage.clusterId, 'management')) ?? {};
      const path = `/clusters/${stage.clusterId}/networks/${id}`;
      await stage.refuses(['PUT', path, 'network', { required: false }], 400, 'MGMT-03', 'ovirtmgmt');
    }),
    'AC-276': scenario(async (stage) => {
      const { cluster, network } = await west(stage);
      const [w1, w2, net1] = [await cluster('w1'), await cluster('w2'), await network('net1')];
      const { id: old = '' } = (await networkOf(stage, w1, 'management')) ?? {};
      const change = async (id: string) => {
        await stage.accepts('POST', `/clusters/${id}/networks`, 'network', { id: net1, required: true });
        await stage.accepts('PUT', `/clusters/${id}/networks/${net1}`, 'network', usages('vm', 'management'));
      };
      await change(w1);
      await stage.refuses(['DELETE', `/networks/${old}`], 400, 'NET-16', 'ovirtmgmt');
      await change(w2);
      await stage.accepts('DELETE', `/networks/${old}`);
      assert.deepEqual([await roleOf(stage, w1, 'display'), await roleOf(stage, w2, 'migration')], ['net1', 'net1']);
    }),
    'AC-277': scenario(async (stage) => {
      const { cluster, network } = await west(stage);
      const id = await cluster('w1');
      for (const [name, role] of [
        ['net2', 'display'],
        ['net3', 'migration'],
      ] as const) {
        const added = await network(name);
        await stage.accepts('POST', `/clusters/${id}/networks`, 'network', {
          id: added,
          required: false,
          ...usages('vm', role),
        });
        assert.equal(await roleOf(stage, id, role), name);
        await stage.accepts('DELETE', `/networks/${added}`);
        assert.equal(await roleOf(stage, id, role), 'ovirtmgmt');
      }
    }),
    'AC-278': scenario(async (stage) => {
      const { accepts, refuses, afterwards, api, dataCentreId, clusterId } = stage;
      const other = await stage.network({ assigned: false });
      const make = async (name: string, more: object = {}) => {
        const made = await accepts('POST', '/clusters', 'cluster', {
          name,
          data_center: { id: dataCentreId },
          ...more,
        });
        const id = made.as('cluster').id ?? '';
        afterwards(() => api.request('DELETE', `/clusters/${id}`));
        return id;
      };
      const [same, different] = [await make('same'), await make('different', { management_network: { id: other.id } })];
      const extra = await stage.extraHost({ nics: 3 });
      const move = (id: string) => ['PUT', `/hosts/${extra.id}`, 'host', { cluster: { id } }] as const;
      await refuses([...move(same)], 409, 'HOST-04', extra.name, 'maintenance');
      await extra.accepts(ask('POST', '/deactivate', 'action'));
      await refuses([...move(different)], 409, 'MGMT-07', 'Default', 'different');
      const moved = await accepts(...move(same));
      assert.equal(moved.as('host').cluster?.id, same);
      await accepts(...move(clusterId));
    }),
    'AC-279': scenario(async (stage) => {
      const { cluster, network, dataCentre } = await west(stage);
      const net1 = await network('net1');
      const id = await cluster('w1');
      assert.equal(await roleOf(stage, id, 'management'), 'ovirtmgmt');
      const { id: old = '' } = (await networkOf(stage, id, 'management')) ?? {};
      await stage.accepts('DELETE', `/clusters/${id}`);
      await stage.accepts('DELETE', `/networks/${old}`);
      const wish = { name: 'w2', data_center: { id: dataCentre } };
      await stage.refuses(['POST', '/clusters', 'cluster', wish], 400, '', 'w2', 'management');
      assert.equal(
        await roleOf(stage, await cluster('w2', { management_network: { id: net1 } }), 'management'),
        'net1',
      );
    }),
    'AC-280': scenario(async (stage) => {
      const V = await stage.network({ required: true });
      const path = `/clusters/${stage.clusterId}/networks/${V.id}`;
      await stage.refuses(['PUT', path, 'network', usages('vm', 'management')], 400, 'MGMT-05', 'Default');
      const { cluster, network } = await west(stage);
      const [id, net1] = [await cluster('w1'), await network('net1')];
      await stage.accepts('POST', `/clusters/${id}/networks`, 'network', { id: net1, ...usages('vm', 'management') });
      assert.equal(await roleOf(stage, id, 'management'), 'net1', 'nobody is there');
    }),
    'AC-281': alsoInLab(async (stage) => {
      const found = await networkOf(stage, stage.clusterId, 'management');
      const management = { id: found?.id ?? '', name: found?.name ?? '' };
      await stage.host.refuses(hostDelete(management), 400, 'MGMT-01', management.name);
      await stage.host.refuses(setupNetworks(remove(management)), 400, 'MGMT-01', management.name);
    }),
    'AC-282': scenario(async (stage) => {
      const V = await stage.network();
      await give(stage, V, 'migration');
      await stage.host.refuses(setupNetworks(attach(V, 'eth1', ip(v4.none()))), 409, 'IP-02', V.name, 'migration');
      await stage.host.accepts(setupNetworks(attach(V, 'eth1', ip(v4.dhcp()))));
      assert.equal(await stage.host.carrier(V), 'eth1');
    }),
    'AC-283': scenario(async (stage) => {
      const V = await stage.network();
      await give(stage, V, 'display');
      const wish = ip(v4.none(), v6.static('2001:db8::21', 64));
      await stage.host.accepts(setupNetworks(attach(V, 'eth1', wish)));
      assert.equal((await stage.host.attachment(V)).in_sync, true);
    }),
    'AC-284': scenario(async (stage) => {
      const V = await stage.network({ name: 'дисплей сети', vlan: 284 });
      await give(stage, V, 'display');
      await stage.host.accepts(setupNetworks(attach(V, 'eth1', ip(v4.static('192.0.2.84', 24)))));
      assert.match(V.vdsmName, /^on[0-9a-f]{13}$/);
      assert.deepEqual((await stage.host.kernel.link(V.vdsmName)).addresses, ['192.0.2.84/24']);
      await stage.host.accepts(put(V, ip(v6.static('2001:db8::84', 64))));
      assert.equal((await stage.host.attachment(V)).in_sync, true);
    }),
    'AC-285': scenario(async (stage) => {
      const { cluster } = await west(stage);
      const id = await cluster('w1');
      const { id: management } = (await networkOf(stage, id, 'management')) ?? {};
      const path = `/clusters/${id}/networks/${management}`;
      await stage.refuses(['PUT', path, 'network', usages('vm', 'display')], 400, 'MGMT-06', 'w1');
    }),
  },
};
