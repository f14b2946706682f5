import assert from 'node:assert/strict';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import {
  type Ask,
  ask,
  attach,
  bond,
  doors,
  hostDelete,
  ip,
  modify,
  nicDelete,
  nicPost,
  properties,
  put,
  remove,
  setupNetworks,
  v4,
} from '../asks.ts';
import { memoryOf } from '../memory-ground.ts';
import type { Network } from '../stage.ts';

const unknown = '00000000-0000-4000-8000-00000000dead';

function takenOff(nic: string, request: (network: Network) => Ask): Scenario['play'] {
  return async ({ network, host }) => {
    const V = await network();
    await host.accepts(nicPost(nic, V));
    await host.accepts(request(V));
    assert.deepEqual(await host.attachments(), []);
    const links = await host.kernel.links();
    assert.equal(links.has(V.vdsmName), false, 'the bridge is gone');
    assert.equal(links.get(nic)?.master, null);
  };
}

function moved(request: (network: Network) => Ask): Scenario['play'] {
  return async ({ network, host }) => {
    const V = await network();
    await host.accepts(nicPost('eth1', V));
    const { id } = await host.attachment(V);
    await host.accepts(request(V));
    const now = await host.attachment(V);
    assert.deepEqual([now.id, now.host_nic?.id], [id, (await host.nic('eth2')).id]);
    const links = await host.kernel.links();
    assert.deepEqual([links.get('eth1')?.master, links.get('eth2')?.master], [null, V.vdsmName]);
  };
}

export const changing: Area = {
  name: 'Changing, moving and removing',
  scenarios: {
    'AC-060': scenario(takenOff('eth1', (V) => nicDelete('eth1', V))),
    'AC-061': scenario(takenOff('eth2', hostDelete)),
    'AC-062': scenario(takenOff('eth3', (V) => setupNetworks(remove(V)))),
    'AC-063': scenario(async ({ network, host }) => {
      const left = [await network({ vlan: 131 }), await network({ vlan: 132 }), await network({ vlan: 133 })];
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2']), ...left.map((one) => attach(one, 'bond1'))));
      for (const door of doors) {
        const gone = left.shift() as Network;
        await host.accepts(door.remove(gone, 'bond1'));
        assert.deepEqual(await host.networksOn('bond1'), left.map(({ name }) => name).sort());
        const links = await host.kernel.links();
        assert.equal(links.has(`bond1.${gone.vlan}`), false);
        for (const { vlan, vdsmName } of left) assert.equal(links.get(`bond1.${vlan}`)?.master, vdsmName);
        assert.deepEqual((await host.kernel.bond('bond1')).slaves, ['eth1', 'eth2']);
      }
    }),
    'AC-064': alsoInLab(moved((V) => put(V, { nic: 'eth2' }))),
    'AC-065': scenario(moved((V) => setupNetworks(modify(V, { nic: 'eth2' })))),
    'AC-066': alsoInLab(async ({ network, host }) => {
      const N = await network({ vm: false });
      const [tagged, addressed] = [await network({ vlan: 134 }), await network({ vlan: 135 })];
      const [onBond, taggedOnBond] = [await network({ vm: false }), await network({ vlan: 136 })];
      const options = { mode: 1, miimon: 100 };
      await host.accepts(
        setupNetworks(
          bond('bond1', ['eth2', 'eth3'], options),
          bond('bond2', ['eth4', 'eth5'], options),
          attach(N, 'eth1'),
          attach(tagged, 'eth1'),
          attach(addressed, 'eth1', {
            ...ip(v4.static('192.0.2.66', 24)),
            ...properties({ bridge_opts: 'priority=1' }),
          }),
          attach(onBond, 'bond1', ip(v4.static('192.0.66.1', 24))),
          attach(taggedOnBond, 'bond1'),
        ),
      );
      assert.deepEqual(await host.networksOn('eth1'), [N, tagged, addressed].map(({ name }) => name).sort());
      assert.deepEqual(await host.networksOn('bond1'), [onBond, taggedOnBond].map(({ name }) => name).sort());
      const links = await host.kernel.links();
      for (const { vlan, vdsmName } of [tagged, addressed]) assert.equal(links.get(`eth1.${vlan}`)?.master, vdsmName);
      assert.deepEqual(links.get(addressed.vdsmName)?.addresses, ['192.0.2.66/24']);
      assert.deepEqual(links.get('bond1')?.addresses, ['192.0.66.1/24']);
      assert.equal(links.get('bond1.136')?.master, taggedOnBond.vdsmName);
      assert.deepEqual((await host.kernel.bond('bond1')).slaves, ['eth2', 'eth3']);
      assert.deepEqual((await host.kernel.bond('bond2')).slaves, ['eth4', 'eth5']);
      assert.equal((await host.kernel.bridge(addressed.vdsmName))['priority'], '1');
      assert.ok((await host.attachments()).every((one) => one.in_sync));
    }),
    'AC-067': scenario(async ({ network, host }) => {
      const three = [await network({ vlan: 137 }), await network({ vlan: 138 }), await network({ vlan: 139 })];
      await host.accepts(setupNetworks(...three.map((one) => attach(one, 'eth1'))));
      await host.accepts(setupNetworks(...three.map((one) => remove(one))));
      assert.deepEqual(await host.attachments(), []);
      const above = [...(await host.kernel.links()).values()].filter((link) => link.base === 'eth1');
      assert.deepEqual(above, []);
    }),
    'AC-068': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      await host.refuses(setupNetworks(remove({ attachment: unknown })), 400, 'ATT-12', unknown);
    }),
    'AC-069': scenario(async ({ host }) => {
      const path = `/networkattachments/${unknown}`;
      for (const wanted of [ask('GET', path), ask('PUT', path, 'network_attachment'), ask('DELETE', path)]) {
        await host.refuses(wanted, 404, '', unknown);
      }
    }),
    'AC-070': scenario(async ({ host }) => {
      await host.refuses(ask('GET', '/networkattachments/foo'), 404, '', 'foo');
    }),
    'AC-071': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      const { id = '' } = await host.attachment(V);
      await host.refuses(setupNetworks(modify(V, { nic: 'eth2' }), remove(V)), 400, 'ATT-06', id);
    }),
    'AC-072': scenario(async ({ network, host }) => {
      const [V, W] = [await network(), await network()];
      await host.accepts(nicPost('eth1', V));
      await host.refuses(put(V, { network: { name: W.name } }), 400, 'ATT-15');
    }),
    'AC-073': scenario(async ({ network, host, ground, afterwards, clusterId }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      afterwards(async () => ground.use([]));
      ground.use([{ kind: 'vm', name: 'web', networkId: V.id, clusterId, hostId: host.id }]);
      await host.refuses(hostDelete(V), 409, 'VM-01', V.name, 'web');
      ground.use([{ kind: 'vm', name: 'web', networkId: V.id, clusterId, hostId: 'elsewhere' }]);
      await host.accepts(hostDelete(V));
    }),
    'AC-074': scenario(async ({ network, host, api, afterwards }) => {
      const V = await network();
      const members = ip(v4.static('192.0.2.74', 24));
      await host.accepts(setupNetworks(attach(V, 'eth1', members)));
      const before = [await host.kernel.everything(), (await api.request('GET', '/events')).text];
      const { kernel } = memoryOf(host);
      const { observe } = kernel;
      let looks = 0;
      afterwards(async () => {
        kernel.observe = observe;
      });
      kernel.observe = () => {
        looks += 1;
        return observe.call(kernel);
      };
      await host.accepts(setupNetworks(attach(V, 'eth1', members)));
      assert.equal(looks, 0, 'the host is not asked');
      assert.deepEqual([await host.kernel.everything(), (await api.request('GET', '/events')).text], before);
    }),
    'AC-075': scenario(async ({ network, host, accepts, clusterId, api }) => {
      const V = await network({ vlan: 100, required: true });
      await host.accepts(setupNetworks(attach(V, 'eth0')));
      await accepts('PUT', `/clusters/${clusterId}/networks/${V.id}`, 'network', { required: false });
      await host.accepts(setupNetworks(remove(V)));
      assert.equal(await host.carrier(V), null);
      assert.equal((await api.request('GET', `/hosts/${host.id}`)).as('host').status, 'up');
    }),
  },
};
