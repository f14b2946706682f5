import assert from 'node:assert/strict';
import { type Area, onlyInLab, scenario } from '../area.ts';
import { ask, attach, nicPost, option, qos, setupNetworks } from '../asks.ts';
import { list } from '../host.ts';
import type { Network } from '../stage.ts';

export const persistence: Area = {
  name: 'Persistence, connectivity, concurrency',
  scenarios: {
    'AC-319': onlyInLab(async (stage) => {
      const { host, network, ground } = stage;
      const V = await network({ vlan: 291, mtu: 9000 });
      await host.accepts(setupNetworks(attach(V, 'eth1', qos(10, 100, 50)), option('commit_on_success', true)));
      const before = await host.kernel.everything();
      await ground.reboot(host);
      assert.equal(await host.kernel.everything(), before);
      assert.equal((await host.attachment(V)).in_sync, true);
    }),
    'AC-320': onlyInLab(async (stage) => {
      const { host, network, ground } = stage;
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      await ground.reboot(host);
      assert.equal((await host.kernel.links()).has(V.vdsmName), false, 'the network is gone');
      const shown = await host.attachment(V);
      assert.equal(shown.in_sync, false, 'and shown as missing');
    }),
    'AC-321': scenario(async ({ host, network, api }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      const commits = async () => (await list(api, '/events', 'event')).filter((one) => one.code === 1104).length;
      const before = await commits();
      const reply = await host.accepts(ask('POST', '/commitnetconfig', 'action'));
      assert.equal(reply.as('action').status, 'complete');
      assert.equal(await commits(), before + 1);
    }),
    'AC-322': scenario(async ({ host, network }) => {
      const V = await network();
      for (const seconds of [0, 121]) {
        const wanted = setupNetworks(attach(V, 'eth1'), option('connectivity_timeout', seconds));
        await host.refuses(wanted, 400, 'REQ-01', String(seconds), '120');
      }
    }),
    'AC-324': scenario(async ({ host, network }) => {
      const two: Network[] = [await network({ vlan: 324 }), await network({ vlan: 325 })];
      await Promise.all(two.map((one) => host.accepts(setupNetworks(attach(one, 'eth1')))));
      assert.deepEqual(await host.networksOn('eth1'), two.map(({ name }) => name).sort());
      const links = await host.kernel.links();
      for (const { vlan, vdsmName } of two) assert.equal(links.get(`eth1.${vlan}`)?.master, vdsmName);
    }),
  },
};
