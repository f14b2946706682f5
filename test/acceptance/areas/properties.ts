/** Custom properties of attachments: options of the bridge, and ethtool's of the nics below. */
import assert from 'node:assert/strict';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { attach, bond, properties as custom, hostPost, modify, nicPost, remove, setupNetworks } from '../asks.ts';
import type { Host } from '../host.ts';
import type { Network } from '../stage.ts';

const bridge = (options: string) => custom({ bridge_opts: options });
const ethtool = (options: string) => custom({ ethtool_opts: options });

async function bridgeShows({ kernel }: Host, { vdsmName }: Network, wanted: Record<string, string>): Promise<void> {
  const shown = await kernel.bridge(vdsmName);
  for (const [option, value] of Object.entries(wanted)) assert.equal(shown[option], value, option);
}

async function shownOn(host: Host, network: Network): Promise<Record<string, string | undefined>> {
  const { properties = [] } = await host.attachment(network);
  return Object.fromEntries(properties.map(({ name = '', value }) => [name, value]));
}

export const properties: Area = {
  name: 'Custom properties',
  scenarios: {
    'AC-250': alsoInLab(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      await host.accepts(setupNetworks(modify(V, bridge('priority=1'))));
      assert.deepEqual(await shownOn(host, V), { bridge_opts: 'priority=1' });
      await bridgeShows(host, V, { priority: '1' });
    }),
    'AC-251': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(attach(V, 'eth1', bridge('priority=1'))));
      await host.accepts(setupNetworks(modify(V, bridge('priority=32768'))));
      await bridgeShows(host, V, { priority: '32768' });
    }),
    'AC-252': alsoInLab(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(attach(V, 'eth1', bridge('priority=1 multicast_querier=1'))));
      await bridgeShows(host, V, { priority: '1', multicast_querier: '1' });
      await host.accepts(setupNetworks(modify(V, bridge('priority=32768 multicast_querier=0'))));
      await bridgeShows(host, V, { priority: '32768', multicast_querier: '0' });
    }),
    'AC-253': scenario(async ({ network, host }) => {
      const V = await network();
      const bonded = bond('bond1', ['eth1', 'eth2'], { mode: 1 });
      await host.accepts(setupNetworks(bonded, attach(V, 'bond1', bridge('priority=1 multicast_querier=1'))));
      await bridgeShows(host, V, { priority: '1', multicast_querier: '1' });
      await host.accepts(setupNetworks(modify(V, bridge('priority=32768 multicast_querier=0'))));
      await bridgeShows(host, V, { priority: '32768', multicast_querier: '0' });
    }),
    'AC-254': scenario(async ({ network, host }) => {
      const [tagged, V] = [await network({ vlan: 261 }), await network()];
      const on = (more = {}) => [attach(tagged, 'eth1', more), attach(V, 'bond1', more)];
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'], { mode: 1 }), ...on(bridge('priority=1'))));
      await host.accepts(setupNetworks(remove(tagged), remove(V)));
      await host.accepts(setupNetworks(...on()));
      for (const one of [tagged, V]) {
        await bridgeShows(host, one, { priority: '32768' });
        assert.deepEqual(await shownOn(host, one), {});
      }
    }),
    'AC-255': alsoInLab(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      for (const wanted of ['off', 'on']) {
        await host.accepts(setupNetworks(modify(V, ethtool(`-K eth1 tx ${wanted}`))));
        assert.equal(await host.kernel.offload('eth1', 'tx'), wanted);
        assert.deepEqual(await shownOn(host, V), { ethtool_opts: `-K eth1 tx ${wanted}` });
      }
    }),
    'AC-256': scenario(async ({ network, host }) => {
      const V = await network({ vlan: 262 });
      await host.accepts(setupNetworks(attach(V, 'eth1', ethtool('--offload eth1 tx off gso off'))));
      const shown = async () => [await host.kernel.offload('eth1', 'tx'), await host.kernel.offload('eth1', 'gso')];
      assert.deepEqual(await shown(), ['off', 'off']);
      await host.accepts(setupNetworks(modify(V, ethtool('--offload eth1 tx on gso on'))));
      assert.deepEqual(await shown(), ['on', 'on']);
    }),
    'AC-257': alsoInLab(async ({ network, host }) => {
      const V = await network();
      const bonded = bond('bond1', ['eth2', 'eth3'], { mode: 1 });
      await host.accepts(setupNetworks(bonded, attach(V, 'bond1', ethtool('-K * tx off'))));
      for (const nic of ['eth2', 'eth3']) assert.equal(await host.kernel.offload(nic, 'tx'), 'off');
      assert.equal(await host.kernel.offload('eth1', 'tx'), 'on');
      await host.accepts(setupNetworks(modify(V, custom({}))));
      for (const nic of ['eth2', 'eth3']) assert.equal(await host.kernel.offload(nic, 'tx'), 'on', 'as it was before');
    }),
    'AC-258': scenario(async ({ network, host }) => {
      const V = await network();
      const both = (priority: number, tx: string) => ({
        bridge_opts: `priority=${priority}`,
        ethtool_opts: `-K eth1 tx ${tx}`,
      });
      const follow = async (priority: number, tx: string) => {
        await bridgeShows(host, V, { priority: String(priority) });
        assert.equal(await host.kernel.offload('eth1', 'tx'), tx);
        assert.deepEqual(await shownOn(host, V), both(priority, tx));
      };
      await host.accepts(setupNetworks(attach(V, 'eth1', custom(both(1, 'off')))));
      await follow(1, 'off');
      await host.accepts(setupNetworks(modify(V, custom(both(2, 'off')))));
      await follow(2, 'off');
      await host.accepts(setupNetworks(modify(V, custom(both(32768, 'on')))));
      await follow(32768, 'on');
    }),
    'AC-259': scenario(async ({ network, host }) => {
      const [one, two, three] = [await network(), await network(), await network()];
      const both = (nic: string) => custom({ bridge_opts: 'priority=1', ethtool_opts: `-K ${nic} tx off` });
      await host.accepts(nicPost('eth1', one, both('eth1')));
      await host.accepts(hostPost(two, 'eth2', both('eth2')));
      const bonded = bond('bond1', ['eth3', 'eth4'], { mode: 1 });
      await host.accepts(setupNetworks(bonded, attach(three, 'bond1', both('*'))));
      for (const network of [one, two, three]) await bridgeShows(host, network, { priority: '1' });
      for (const nic of ['eth1', 'eth2', 'eth3', 'eth4']) assert.equal(await host.kernel.offload(nic, 'tx'), 'off');
    }),
    'AC-260': scenario(async ({ network, host }) => {
      const V = await network();
      const refused = (value: Record<string, string>, property: string) =>
        host.refuses(setupNetworks(attach(V, 'eth1', custom(value))), 400, 'PROP-01', V.name, property);
      await refused({ nosuch: '1' }, 'nosuch');
      await refused({ bridge_opts: 'priority' }, 'bridge_opts');
    }),
  },
};
