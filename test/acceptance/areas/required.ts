/** A host serves its cluster only with all the networks that the cluster requires. */
import assert from 'node:assert/strict';
import { until } from '../../api/system.ts';
import { type Area, scenario } from '../area.ts';
import { ask, attach, bond, nicPost, remove, setupNetworks } from '../asks.ts';
import type { Host } from '../host.ts';
import { memoryOf } from '../memory-ground.ts';
import type { Stage } from '../stage.ts';

const shown = async (host: Host) => (await host.get('')).as('host');
const becomes = (host: Host, status: string) =>
  until(`${host.name} is ${status}`, async () => (await shown(host)).status === status);

/** What happened to the host, newest first. */
async function events({ api }: Stage, host: Host): Promise<string[]> {
  const reply = await api.request('GET', '/events?max=40', undefined, { accept: 'application/json' });
  return reply.items('event').flatMap((one) => (one.host?.id === host.id ? (one.description ?? []) : []));
}

/** The shortest grace there is, so that nobody has to wait. */
async function impatient({ ground, afterwards }: Stage): Promise<void> {
  await ground.set('NicDHCPDelayGraceInMS', '1');
  afterwards(() => ground.set('NicDHCPDelayGraceInMS', null));
}

export const required: Area = {
  name: 'Required networks and host status',
  scenarios: {
    'AC-286': scenario(async (stage) => {
      await impatient(stage);
      const { host, network } = stage;
      const N = await network({ vm: false, required: true });
      await host.accepts(nicPost('eth1', N));
      await host.kernel.cable('eth1', 'cut');
      await host.refresh();
      assert.equal((await shown(host)).status, 'up', 'not before the grace time is over');
      await becomes(host, 'non_operational');
      assert.equal((await shown(host)).status_detail, 'network_interface_is_down');
      const said = (await events(stage, host)).find((one) => one.startsWith('VDS_SET_NONOPERATIONAL_IFACE_DOWN'));
      assert.match(said ?? '', new RegExp(`eth1.*${N.name}`));
      await host.kernel.cable('eth1', 'mend');
      await host.refresh();
      await becomes(host, 'up');
      assert.ok(!(await shown(host)).status_detail);
    }),
    'AC-287': scenario(async (stage) => {
      await impatient(stage);
      const { host, network } = stage;
      const V = await network({ vlan: 281, required: true });
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'], { mode: 1 }), attach(V, 'bond1')));
      await host.kernel.cable('eth2', 'cut');
      await host.refresh();
      await host.kernel.cable('eth3', 'cut');
      await host.refresh();
      await becomes(host, 'non_operational');
      const said = (await events(stage, host)).find((one) => one.startsWith('VDS_SET_NONOPERATIONAL_IFACE_DOWN'));
      assert.match(said ?? '', new RegExp(`bond1.*${V.name}`));
      await host.kernel.cable('eth2', 'mend');
      await host.kernel.cable('eth3', 'mend');
      await host.refresh();
      await becomes(host, 'up');
    }),
    'AC-288': scenario(async (stage) => {
      const { host, network, accepts, clusterId } = stage;
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      await accepts('PUT', `/clusters/${clusterId}/networks/${V.id}`, 'network', { required: true });
      assert.equal((await shown(host)).status, 'up');
      await host.accepts(setupNetworks(remove(V)));
      assert.equal((await shown(host)).status, 'non_operational');
      await host.refresh();
      assert.equal((await shown(host)).status, 'non_operational', 'looking again does not mend it');
      const said = (await events(stage, host)).find((one) => one.startsWith('VDS_SET_NONOPERATIONAL_NETWORK'));
      assert.ok(said?.includes(V.name), said);
      await accepts('PUT', `/clusters/${clusterId}/networks/${V.id}`, 'network', { required: false });
      await host.accepts(ask('POST', '/activate', 'action'));
      assert.equal((await shown(host)).status, 'up');
    }),
    'AC-289': scenario(async ({ network, extraHost }) => {
      const V = await network();
      const extra = await extraHost({ nics: 3 });
      await extra.accepts(ask('POST', '/deactivate', 'action'));
      await memoryOf(extra).stop();
      await until('it is away', async () => {
        await extra.accepts(ask('POST', '/activate', 'action'));
        return (await shown(extra)).status === 'non_responsive';
      });
      const reply = await extra.send(setupNetworks(attach(V, 'eth1')));
      assert.equal(reply.status, 409, reply.text);
      for (const word of ['HOST-02', 'non_responsive', extra.name]) assert.ok(reply.text.includes(word), reply.text);
    }),
    'AC-290': scenario(async ({ network, host, afterwards }) => {
      const V = await network();
      await host.accepts(ask('POST', '/deactivate', 'action'));
      afterwards(() => host.accepts(ask('POST', '/activate', 'action')));
      assert.equal((await shown(host)).status, 'maintenance');
      await host.accepts(setupNetworks(attach(V, 'eth1')));
      assert.equal(await host.carrier(V), 'eth1');
      assert.equal((await shown(host)).status, 'maintenance');
    }),
  },
};
