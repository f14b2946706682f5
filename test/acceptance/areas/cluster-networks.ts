import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ApiObject } from '@patchbay/wire';
import { type Area, type Scenario, scenario } from '../area.ts';
import { nicPost } from '../asks.ts';
import { list } from '../host.ts';
import type { Stage } from '../stage.ts';

type Body = ApiObject<'network'>;

/** A data centre of its own, which goes with the scenario. */
async function dataCentre({ accepts, afterwards }: Stage): Promise<{ id: string; name: string; path: string }> {
  const name = `dc-${randomUUID().slice(0, 8)}`;
  const { id = '' } = (await accepts('POST', '/datacenters', 'data_center', { name })).as('data_center');
  afterwards(() => accepts('DELETE', `/datacenters/${id}`));
  return { id, name, path: `/datacenters/${id}/networks` };
}

async function made(stage: Stage, path: string, body: object): Promise<Body> {
  return (await stage.accepts('POST', path, 'network', body)).as('network');
}

const shownIn = async (stage: Stage, id: string | undefined) =>
  (await stage.api.request('GET', `/networks/${id}`)).as('network');

/** The default data centre has the network already; a second one is refused. */
function refusedNetwork(content: object, status: number, rule: string, ...words: string[]): Scenario['play'] {
  return async (stage) => {
    const body = { data_center: { id: stage.dataCentreId }, ...content };
    await stage.refuses(['POST', '/networks', 'network', body], status, rule, ...words);
  };
}

function assigned(link: (network: { id: string; name: string }) => object): Scenario['play'] {
  return async ({ network, accepts, clusterId }) => {
    const V = await network({ assigned: false });
    const reply = await accepts('POST', `/clusters/${clusterId}/networks`, 'network', link(V));
    assert.equal(reply.status, 201);
    assert.deepEqual([reply.as('network').id, reply.as('network').required], [V.id, true]);
  };
}

/** Created, assigned, attached: what it is called on the host. */
function named(name: string, vdsmName: (id: string) => string): Scenario['play'] {
  return async ({ network, host, api }) => {
    const V = await network({ name });
    assert.equal(V.vdsmName, vdsmName(V.id));
    await host.accepts(nicPost('eth1', V));
    assert.equal((await host.kernel.link('eth1')).master, V.vdsmName);
    assert.equal((await host.kernel.link(V.vdsmName)).kind, 'bridge');
    assert.equal((await api.request('GET', `/networks/${V.id}`)).as('network').name, name);
    assert.deepEqual(await host.networksOn('eth1'), [name]);
  };
}

const properties: Record<string, object> = {
  'no-usages': { usages: { usage: [] } },
  'no-stp': { stp: false },
  described: { description: 'cables of the third floor' },
  tagged: { vlan: { id: 500 } },
  large: { mtu: 5555 },
};

export const clusterNetworks: Area = {
  name: 'Networks of data centres and clusters',
  scenarios: {
    'AC-291': scenario(async (stage) => {
      const { path } = await dataCentre(stage);
      for (const name of ['red', 'blue']) await made(stage, path, { name });
      const names = (await list(stage.api, path, 'network')).map((one) => one.name);
      assert.deepEqual(names.sort(), ['blue', 'ovirtmgmt', 'red']);
    }),
    'AC-292': scenario(async (stage) => {
      const { path } = await dataCentre(stage);
      for (const [name, members] of Object.entries(properties)) await made(stage, path, { name, ...members });
      const shown = new Map((await list(stage.api, path, 'network')).map((one) => [one.name, one]));
      assert.deepEqual(shown.get('no-usages')?.usages, []);
      assert.equal(shown.get('no-stp')?.stp, false);
      assert.equal(shown.get('described')?.description, 'cables of the third floor');
      assert.equal(shown.get('tagged')?.vlan?.id, 500);
      assert.equal(shown.get('large')?.mtu, 5555);
    }),
    'AC-293': scenario(async (stage) => {
      const { path } = await dataCentre(stage);
      for (const name of Object.keys(properties)) {
        const { id } = await made(stage, path, { name });
        await stage.accepts('DELETE', `${path}/${id}`);
      }
      assert.deepEqual(
        (await list(stage.api, path, 'network')).map((one) => one.name),
        ['ovirtmgmt'],
      );
    }),
    'AC-294': scenario(async (stage) => {
      const { path } = await dataCentre(stage);
      const { id } = await made(stage, path, { name: 'changing' });
      const wanted: Partial<Body> = {};
      const changes: [object, Partial<Body>][] = [
        [{ description: 'other' }, { description: 'other' }],
        [{ stp: true }, { stp: true }],
        [{ vlan: { id: 501 } }, { vlan: { id: 501 } }],
        [
          { stp: false, usages: { usage: [] } },
          { stp: false, usages: [] },
        ],
        [{ mtu: 2000 }, { mtu: 2000 }],
      ];
      const before = await shownIn(stage, id);
      for (const [body, member] of changes) {
        await stage.accepts('PUT', `${path}/${id}`, 'network', body);
        Object.assign(wanted, member);
        assert.deepEqual(await shownIn(stage, id), { ...before, ...wanted });
      }
    }),
    'AC-295': scenario(named('15_characters__', () => '15_characters__')),
    'AC-296': scenario(
      named('odd signs: ä 网 "&" '.padEnd(255, 'x'), (id) => `on${id.replaceAll('-', '').slice(0, 13)}`),
    ),
    'AC-297': scenario(assigned(({ name }) => ({ name }))),
    'AC-298': scenario(assigned(({ id }) => ({ id }))),
    'AC-299': scenario(async (stage) => {
      const { id, name, path } = await dataCentre(stage);
      const network = await made(stage, '/networks', { name: 'green', data_center: { name } });
      assert.equal(network.data_center?.id, id);
      assert.ok((await list(stage.api, path, 'network')).some((one) => one.id === network.id));
    }),
    'AC-300': scenario(async (stage) => {
      await stage.refuses(['POST', '/networks', 'network', { name: 'nowhere' }], 400, '', 'dataCenter');
      await refusedNetwork({}, 400, '', 'name')(stage);
    }),
    'AC-301': scenario(async (stage) => {
      const V = await stage.network();
      await refusedNetwork({ name: V.name }, 409, 'NET-04', V.name)(stage);
    }),
    'AC-302': scenario(async (stage) => {
      for (const name of ['bond7', 'BondNet']) await refusedNetwork({ name }, 400, 'NET-03', name)(stage);
    }),
    'AC-303': scenario(async (stage) => {
      const plain = { name: 'plain', usages: { usage: [] } };
      await refusedNetwork({ ...plain, stp: true }, 409, 'NET-08', 'plain')(stage);
      await refusedNetwork({ ...plain, port_isolation: true }, 409, 'NET-09', 'plain')(stage);
    }),
  },
};
