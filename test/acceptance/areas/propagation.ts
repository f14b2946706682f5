/** A network changes while hosts carry it: the answer comes at once, the hosts follow. */
import assert from 'node:assert/strict';
import { until } from '../../api/system.ts';
import { type Area, scenario } from '../area.ts';
import { bond, nicPost, put, setupNetworks } from '../asks.ts';
import { type Host, list } from '../host.ts';
import type { Network, Stage } from '../stage.ts';

/** Changes the network, and waits until every host has followed. */
async function changes(stage: Stage, network: Network, content: object, ...hosts: Host[]): Promise<void> {
  await stage.accepts('PUT', `/networks/${network.id}`, 'network', content);
  for (const host of hosts) await inSync(host, network, true);
}

function inSync(host: Host, network: Network, wanted: boolean): Promise<void> {
  return until(`${network.name} is ${wanted ? 'in' : 'out of'} sync on ${host.name}`, async () => {
    return (await host.attachment(network)).in_sync === wanted;
  });
}

const noVms = { usages: {} };
const vms = { usages: { usage: ['vm'] } };

export const propagation: Area = {
  name: 'Networks changed while in use',
  scenarios: {
    'AC-204': scenario(async ({ network, host, other, accepts, clusterId }) => {
      const N = await network({ vm: false });
      for (const one of [host, other]) {
        await one.accepts(nicPost('eth1', N));
        await one.kernel.byHand({ kind: 'link.set', name: 'eth1', mtu: 1501 });
        await one.refresh();
        assert.equal((await one.attachment(N)).in_sync, false);
      }
      await accepts('POST', `/clusters/${clusterId}/syncallnetworks`, 'action', {});
      for (const one of [host, other]) {
        await inSync(one, N, true);
        assert.equal((await one.kernel.link('eth1')).mtu, 1500);
      }
    }),
    'AC-223': scenario(async (stage) => {
      const { network, host } = stage;
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      assert.equal((await host.kernel.link('eth1')).master, V.vdsmName);
      await changes(stage, V, noVms, host);
      assert.ok(!(await host.kernel.links()).has(V.vdsmName), 'the bridge is gone');
      assert.equal((await host.kernel.link('eth1')).master, null);
    }),
    'AC-224': scenario(async (stage) => {
      const { network, host } = stage;
      const N = await network({ vm: false });
      await host.accepts(nicPost('eth2', N));
      await changes(stage, N, vms, host);
      assert.equal((await host.kernel.link(N.vdsmName)).kind, 'bridge');
      assert.equal((await host.kernel.link('eth2')).master, N.vdsmName);
    }),
    'AC-225': scenario(async (stage) => {
      const { network, host } = stage;
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      for (const id of [2, 3]) {
        await changes(stage, V, { vlan: { id } }, host);
        const devices = [...(await host.kernel.links()).values()].filter((link) => link.base === 'eth1');
        assert.deepEqual(
          devices.map((link) => link.vlan),
          [id],
        );
      }
    }),
    'AC-226': scenario(async (stage) => {
      const { network, host } = stage;
      const V = await network({ vlan: 4 });
      await host.accepts(nicPost('eth3', V));
      await changes(stage, V, { vlan: {} }, host);
      assert.ok(!(await host.kernel.links()).has('eth3.4'));
      assert.equal((await host.kernel.link('eth3')).master, V.vdsmName);
    }),
    'AC-227': scenario(async (stage) => {
      const { network, host } = stage;
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      for (const mtu of [9000, 1500]) {
        await changes(stage, V, { mtu }, host);
        for (const link of ['eth1', V.vdsmName]) assert.equal((await host.kernel.link(link)).mtu, mtu, link);
      }
    }),
    'AC-228': scenario(async (stage) => {
      const { network, host } = stage;
      const V = await network({ mtu: 9000 });
      await host.accepts(nicPost('eth1', V));
      await changes(stage, V, { vlan: { id: 228 } }, host);
      const device = await host.kernel.link('eth1.228');
      assert.deepEqual([device.mtu, device.master], [9000, V.vdsmName]);
    }),
    'AC-229': scenario(async (stage) => {
      const { network, host, other, api } = stage;
      const V = await network();
      for (const one of [host, other]) await one.accepts(nicPost('eth1', V));
      await changes(stage, V, { mtu: 9000, vlan: { id: 229 } }, host, other);
      for (const one of [host, other]) assert.equal((await one.kernel.link('eth1.229')).mtu, 9000);
      const events = await list(api, '/events', 'event');
      const progress = events.flatMap(({ description = '' }) =>
        description.startsWith('PERSIST_HOST_SETUP_NETWORK_ON_HOST') && description.includes(V.name)
          ? (/\(\d+\/\d+\) Host \S+/.exec(description) ?? [])
          : [],
      );
      assert.deepEqual(progress.sort(), [`(1/2) Host ${host.name}:`, `(2/2) Host ${other.name}:`]);
    }),
    'AC-230': scenario(async (stage) => {
      const { network, host, accepts, extraHost, afterwards, dataCentreId } = stage;
      const V = await network();
      const made = await accepts('POST', '/clusters', 'cluster', { name: 'annex', data_center: { id: dataCentreId } });
      const annex = made.as('cluster').id ?? '';
      afterwards(() => accepts('DELETE', `/clusters/${annex}`));
      await accepts('POST', `/clusters/${annex}/networks`, 'network', { id: V.id, required: false });
      const moved = await extraHost({ nics: 3 });
      await accepts('POST', `/hosts/${moved.id}/deactivate`, 'action', {});
      await accepts('PUT', `/hosts/${moved.id}`, 'host', { cluster: { id: annex } });
      for (const one of [host, moved]) await one.accepts(nicPost('eth1', V));
      await changes(stage, V, { mtu: 9000, vlan: { id: 230 } }, host, moved);
      for (const one of [host, moved]) assert.equal((await one.kernel.link('eth1.230')).mtu, 9000);
    }),
    'AC-231': scenario(async (stage) => {
      const { network, host } = stage;
      const [plain, tagged, large] = [await network(), await network(), await network()];
      const bonds = { bond1: ['eth1', 'eth2'], bond2: ['eth3', 'eth4'], bond3: ['eth5', 'eth6'] };
      await host.accepts(setupNetworks(...Object.entries(bonds).map(([name, slaves]) => bond(name, slaves))));
      await host.accepts(nicPost('bond1', plain));
      await host.accepts(nicPost('bond2', tagged));
      await host.accepts(nicPost('bond3', large));
      await changes(stage, plain, noVms, host);
      await changes(stage, tagged, { vlan: { id: 231 } }, host);
      await changes(stage, large, { mtu: 9000 }, host);
      assert.equal((await host.kernel.link('bond1')).master, null);
      assert.equal((await host.kernel.link('bond2.231')).master, tagged.vdsmName);
      for (const link of ['bond3', 'eth5', 'eth6']) assert.equal((await host.kernel.link(link)).mtu, 9000, link);
    }),
    'AC-232': scenario(async ({ network, host, refuses }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      await refuses(['PUT', `/networks/${V.id}`, 'network', { name: 'renamed' }], 409, 'NET-15', V.name, host.name);
      await host.accepts(put(V, { nic: 'eth2' }));
    }),
    'AC-233': scenario(async ({ network, ground, refuses, afterwards }) => {
      const V = await network();
      afterwards(async () => ground.use([]));
      for (const kind of ['template', 'vm'] as const) {
        ground.use([{ kind, name: `some-${kind}`, networkId: V.id, clusterId: null, hostId: null }]);
        const rename = ['PUT', `/networks/${V.id}`, 'network', { name: 'renamed' }] as [string, string, string, object];
        await refuses(rename, 409, 'NET-15', V.name, `some-${kind}`);
      }
    }),
    'AC-234': scenario(async ({ network, ground, refuses, afterwards }) => {
      const V = await network();
      afterwards(async () => ground.use([]));
      ground.use([{ kind: 'vm', name: 'web', networkId: V.id, clusterId: null, hostId: null }]);
      await refuses(['PUT', `/networks/${V.id}`, 'network', noVms], 409, 'NET-14', V.name, 'web');
    }),
    'AC-235': scenario(async (stage) => {
      const { network, host, ground, afterwards, api, clusterId } = stage;
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      afterwards(async () => ground.use([]));
      ground.use([{ kind: 'vm', name: 'web', networkId: V.id, clusterId, hostId: host.id }]);
      await changes(stage, V, { mtu: 9000, vlan: { id: 235 } }, host);
      assert.equal((await host.kernel.link('eth1.235')).mtu, 9000);
      const events = (await list(api, '/events', 'event')).map((event) => event.description ?? '');
      assert.ok(
        events.some((text) => /^VNICS_OUT_OF_SYNC_ON_NETWORK_UPDATE: .*web/.test(text) && text.includes(V.name)),
      );
    }),
  },
};
