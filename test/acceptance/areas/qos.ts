/** What leaves a nic is shared out among its networks, by a named QoS or by the attachment's own. */
import assert from 'node:assert/strict';
import { until } from '../../api/system.ts';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { attach, modify, qos as own, setupNetworks } from '../asks.ts';
import type { Host } from '../host.ts';
import type { Network, Stage } from '../stage.ts';

const mbit = (rate: number) => rate * 1_000_000;
/** A class of the kernel, whose shares are in units of 8 bit/s. */
const shaped = (share: number, limit: number | null, committed: number | null) => ({
  linkshare: share * 8,
  upperlimit: limit === null ? null : mbit(limit),
  realtime: committed === null ? null : mbit(committed),
});
const classOf = async ({ kernel }: Host, nic: string, vlan: number) => (await kernel.classes(nic))[vlan.toString(16)];

interface Values {
  share?: number;
  limit?: number;
  committed?: number;
}

const named = (name: string, { share, limit, committed }: Values) => ({
  name,
  type: 'hostnetwork',
  ...(share !== undefined && { outbound_average_linkshare: share }),
  ...(limit !== undefined && { outbound_average_upperlimit: limit }),
  ...(committed !== undefined && { outbound_average_realtime: committed }),
});

const qoss = ({ dataCentreId }: Stage) => `/datacenters/${dataCentreId}/qoss`;

/** A QoS of the data centre; it goes when the scenario ends. */
async function makeQos(stage: Stage, name: string, values: Values): Promise<{ id: string }> {
  const made = await stage.accepts('POST', qoss(stage), 'qos', named(name, values));
  const { id = '' } = made.as('qos');
  stage.afterwards(() => stage.accepts('DELETE', `${qoss(stage)}/${id}?propagate=false`));
  return { id };
}

const qosOf = async (stage: Stage, { id }: Network) =>
  (await stage.accepts('GET', `/networks/${id}`)).as('network').qos?.id;

async function valuesOf(host: Host, network: Network): Promise<(number | undefined)[]> {
  const { qos } = await host.attachment(network);
  return [qos?.outbound_average_linkshare, qos?.outbound_average_upperlimit, qos?.outbound_average_realtime];
}

/** Two tagged networks with QoS of their own on eth1. */
async function twoShaped({ network, host }: Stage): Promise<[Network, Network]> {
  const [one, two] = [await network({ vlan: 253 }), await network({ vlan: 254 })];
  await host.accepts(setupNetworks(attach(one, 'eth1', own(10, 11, 9)), attach(two, 'eth1', own(20))));
  return [one, two];
}

export const qos: Area = {
  name: 'Host network QoS',
  scenarios: {
    'AC-236': scenario(async (stage) => {
      const { id } = await makeQos(stage, 'gold', { share: 10, limit: 10, committed: 10 });
      const read = (await stage.accepts('GET', `${qoss(stage)}/${id}`)).as('qos');
      assert.deepEqual([read.name, read.type], ['gold', 'hostnetwork']);
      const values = [
        read.outbound_average_linkshare,
        read.outbound_average_upperlimit,
        read.outbound_average_realtime,
      ];
      assert.deepEqual(values, [10, 10, 10]);
    }),
    'AC-237': alsoInLab(async ({ network, host }) => {
      const V = await network({ vlan: 251 });
      await host.accepts(setupNetworks(attach(V, 'eth1', own(10, 11, 9))));
      assert.deepEqual(await valuesOf(host, V), [10, 11, 9]);
      assert.deepEqual(await classOf(host, 'eth1', 251), shaped(10, 11, 9));
      const { qos: inEffect } = await host.nic('eth1.251');
      assert.deepEqual([inEffect?.type, inEffect?.outbound_average_upperlimit], ['hostnetwork', 11]);
      assert.equal((await host.attachment(V)).in_sync, true);
    }),
    'AC-238': alsoInLab(async (stage) => {
      const { network, host } = stage;
      const V = await network({ vlan: 252 });
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      const gold = await makeQos(stage, 'gold', { share: 10, limit: 10, committed: 10 });
      const changed = await stage.accepts('PUT', `/networks/${V.id}`, 'network', { qos: gold });
      assert.ok(changed.headers.get('patchbay-job'), 'a job carries it to the hosts');
      await until('the host follows', async () => (await classOf(host, 'eth1', 252)) !== undefined);
      assert.deepEqual(await classOf(host, 'eth1', 252), shaped(10, 10, 10));
      await until('the attachment is in sync', async () => (await host.attachment(V)).in_sync === true);
      const wider = named('gold', { share: 20, limit: 30 });
      await stage.accepts('PUT', `${qoss(stage)}/${gold.id}`, 'qos', wider);
      await until('the host follows the QoS itself', async () => {
        return (await classOf(host, 'eth1', 252))?.upperlimit === mbit(30);
      });
      await until('the attachment is in sync again', async () => (await host.attachment(V)).in_sync === true);
    }),
    'AC-239': scenario(async (stage) => {
      const [one] = await twoShaped(stage);
      await stage.host.refuses(setupNetworks(modify(one, own())), 400, 'QOS-03', 'eth1', one.name);
      assert.deepEqual(await valuesOf(stage.host, one), [10, 11, 9]);
    }),
    'AC-240': alsoInLab(async (stage) => {
      const [one, two] = await twoShaped(stage);
      await stage.host.accepts(setupNetworks(modify(one, own()), modify(two, own())));
      assert.deepEqual(await stage.host.kernel.classes('eth1'), {});
      assert.deepEqual(await valuesOf(stage.host, one), [undefined, undefined, undefined]);
    }),
    'AC-241': scenario(async ({ network, host }) => {
      const V = await network({ vlan: 255 });
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      for (const beyond of [own(10, 17180), own(10, 17180, 17180), own(101)]) {
        await host.refuses(setupNetworks(modify(V, beyond)), 400, 'QOS-04', V.name);
      }
    }),
    'AC-242': scenario(async (stage) => {
      const { network, host, ground } = stage;
      const V = await network({ vlan: 255 });
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      for (const setting of ['MaxHostNetworkQosShares', 'MaxAverageNetworkQoSValue']) {
        stage.afterwards(() => ground.set(setting, null));
        await ground.set(setting, '20000');
      }
      for (const beyond of [own(10, 17180), own(10, 17180, 17180), own(101)]) {
        await host.accepts(setupNetworks(modify(V, beyond)));
      }
      assert.equal((await classOf(host, 'eth1', 255))?.linkshare, 808);
    }),
    'AC-243': scenario(async (stage) => {
      const above = named('gold', { share: 10, limit: 10, committed: 12 });
      await stage.refuses(['POST', qoss(stage), 'qos', above], 400, 'QOS-08', 'gold');
      await makeQos(stage, 'gold', { share: 10, limit: 10, committed: 8 });
    }),
    'AC-244': scenario(async (stage) => {
      const gold = await makeQos(stage, 'gold', { share: 10 });
      const V = await stage.network({ more: { qos: gold } });
      assert.equal(await qosOf(stage, V), gold.id);
      const W = await stage.network({ more: { qos: { name: 'gold' } } });
      assert.equal(await qosOf(stage, W), gold.id);
    }),
    'AC-245': scenario(async (stage) => {
      const [q3, q4] = [await makeQos(stage, 'q3', { share: 3 }), await makeQos(stage, 'q4', { share: 4 })];
      const V = await stage.network({ more: { qos: q3 } });
      await stage.accepts('PUT', `/networks/${V.id}`, 'network', { qos: q4 });
      assert.equal(await qosOf(stage, V), q4.id);
      await stage.accepts('PUT', `/networks/${V.id}`, 'network', { description: 'something else' });
      assert.equal(await qosOf(stage, V), q4.id, 'what is not sent stays');
      await stage.accepts('PUT', `/networks/${V.id}`, 'network', { qos: {} });
      assert.equal(await qosOf(stage, V), undefined);
    }),
    'AC-246': scenario(async (stage) => {
      const { network, host } = stage;
      const gold = await makeQos(stage, 'gold', { share: 10 });
      const [V, W] = [await network({ vlan: 256, more: { qos: gold } }), await network({ vlan: 257 })];
      const both = setupNetworks(attach(V, 'eth1'), attach(W, 'eth1'));
      await host.refuses(both, 400, 'QOS-03', 'eth1', W.name);
      assert.deepEqual(await host.networksOn('eth1'), []);
    }),
    'AC-247': scenario(async ({ network, host }) => {
      const V = await network({ vlan: 258 });
      await host.refuses(setupNetworks(attach(V, 'eth1', own(undefined, 10))), 400, 'QOS-01', V.name);
    }),
    'AC-248': scenario(async ({ network, host }) => {
      const V = await network({ vlan: 259 });
      await host.accepts(setupNetworks(attach(V, 'eth1', own(10, 10, 10))));
      assert.deepEqual(await classOf(host, 'eth1', 259), shaped(10, 10, 10));
    }),
    'AC-249': alsoInLab(async (stage) => {
      const most = await makeQos(stage, 'most', { share: 100, limit: 17179, committed: 17179 });
      const V = await stage.network({ vm: false, more: { qos: most } });
      await stage.host.accepts(setupNetworks(attach(V, 'eth1')));
      assert.deepEqual((await stage.host.kernel.classes('eth1'))['1388'], shaped(100, 17179, 17179));
      assert.equal((await stage.host.attachment(V)).in_sync, true);
    }),
  },
};
