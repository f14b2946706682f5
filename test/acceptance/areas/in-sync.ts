/**
 * What a host has against what is wanted, property by property, and bringing it back. Networks are changed without their hosts
 * following (`propagate=false`), or another hand changes the kernel.
 */
import assert from 'node:assert/strict';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { ask, attach, bond, dns, hostPost, ip, put, setupNetworks, sync, v4, v6 } from '../asks.ts';
import type { Host } from '../host.ts';
import { list } from '../host.ts';
import { memoryOf } from '../memory-ground.ts';
import type { Network, NetworkWish, Stage } from '../stage.ts';

/** Entry to what is wanted and what the host has; null is absent. */
type Differences = Record<string, readonly [expected: string | null, actual: string | null]>;

async function differences(host: Host, network: { id: string; name: string }): Promise<Differences> {
  const { in_sync: inSync, reported_configurations: entries = [] } = await host.attachment(network);
  const differing = entries.filter((entry) => entry.in_sync === false);
  assert.equal(inSync, differing.length === 0, 'in sync is when every entry is');
  return Object.fromEntries(
    differing.map(({ name, expected_value: expected = null, actual_value: actual = null }) => [
      name,
      [expected, actual] as const,
    ]),
  );
}

/** Changes the network in the data centre alone. */
async function change(stage: Stage, { id }: Network, more: object): Promise<void> {
  await stage.accepts('PUT', `/networks/${id}?propagate=false`, 'network', more);
}

async function onNic(stage: Stage, nic: string, network: Network): Promise<void> {
  const parts = [attach(network, nic)];
  if (nic === 'bond1') parts.unshift(bond('bond1', ['eth1', 'eth2'], { mode: 1 }));
  await stage.host.accepts(setupNetworks(...parts));
  assert.deepEqual(await differences(stage.host, network), {});
}

async function synchronises(host: Host, network: Network): Promise<void> {
  await host.accepts(setupNetworks(sync(network)));
  assert.deepEqual(await differences(host, network), {});
}

/** A network on a nic becomes another in the data centre: that shows, and one synchronisation brings the host after it. */
async function drift(
  stage: Stage,
  nic: 'eth1' | 'bond1',
  wish: NetworkWish,
  wanted: object,
  shown: Differences,
): Promise<Network> {
  const network = await stage.network(wish);
  await onNic(stage, nic, network);
  await change(stage, network, wanted);
  assert.deepEqual(await differences(stage.host, network), shown);
  await synchronises(stage.host, network);
  return network;
}

/** A named QoS with the same number for share, limit and committed rate. */
async function namedQos(stage: Stage, value: number): Promise<{ qos: { id: string } }> {
  const qoss = `/datacenters/${stage.dataCentreId}/qoss`;
  const made = await stage.accepts('POST', qoss, 'qos', {
    name: `q${value}`,
    type: 'hostnetwork',
    outbound_average_linkshare: value,
    outbound_average_upperlimit: value,
    outbound_average_realtime: value,
  });
  const { id = '' } = made.as('qos');
  stage.afterwards(() => stage.accepts('DELETE', `${qoss}/${id}?propagate=false`));
  return { qos: { id } };
}

const qosEntries = (expected: string | null, actual: string | null): Differences => ({
  outAverageLinkShare: [expected, actual],
  outAverageUpperLimit: [expected, actual],
  outAverageRealTime: [expected, actual],
});

/** A network with a static address, and what another hand then does to the address on its bridge. */
async function readdressed(
  stage: Stage,
  nic: string,
  mask: string,
  byHand: { address: string; prefix: number },
): Promise<Network> {
  const V = await stage.network();
  const parts = [attach(V, nic, ip(v4.static('192.0.2.11', mask)))];
  if (nic === 'bond1') parts.unshift(bond('bond1', ['eth1', 'eth2'], { mode: 1 }));
  await stage.host.accepts(setupNetworks(...parts));
  const on = { device: V.vdsmName, family: 4 } as const;
  await stage.host.kernel.byHand(
    { kind: 'addr.del', ...on, address: '192.0.2.11', prefix: 24 },
    { kind: 'addr.add', ...on, ...byHand, nodad: true, validFor: null },
  );
  await stage.host.refresh();
  return V;
}

async function isBack(host: Host, V: Network): Promise<void> {
  await synchronises(host, V);
  assert.deepEqual((await host.kernel.link(V.vdsmName)).addresses, ['192.0.2.11/24']);
}

/** The management network, which has the default route. */
async function management(stage: Stage): Promise<Network> {
  const [found] = await list(stage.api, '/networks?search=name%3Dovirtmgmt', 'network');
  const { id = '', name = '', vdsm_name: vdsmName = '' } = found ?? {};
  return { id, name, vdsmName, vlan: null };
}

/** Name servers of the host after another hand; those from before come back when the scenario ends. */
async function resolves(stage: Stage, nameservers: string[]): Promise<void> {
  const { kernel } = stage.host;
  const before = await kernel.nameservers();
  stage.afterwards(() => kernel.byHand({ kind: 'dns.set', nameservers: before }));
  await kernel.byHand({ kind: 'dns.set', nameservers });
  await stage.host.refresh();
}

export const inSync: Area = {
  name: 'In sync and synchronising',
  scenarios: {
    'AC-185': alsoInLab(async (stage) => {
      const V = await drift(stage, 'eth1', { vlan: 101 }, { vlan: { id: 102 } }, { vlan: ['102', '101'] });
      assert.equal((await stage.host.kernel.link('eth1.102')).master, V.vdsmName);
      assert.ok(!(await stage.host.kernel.links()).has('eth1.101'));
    }),
    'AC-186': scenario(async (stage) => {
      const V = await drift(stage, 'eth1', { vlan: 101 }, { vlan: {} }, { vlan: [null, '101'] });
      assert.equal((await stage.host.kernel.link('eth1')).master, V.vdsmName);
    }),
    'AC-187': scenario(async (stage) => {
      await drift(stage, 'eth1', {}, { vlan: { id: 101 } }, { vlan: ['101', null] });
      assert.equal((await stage.host.kernel.link('eth1.101')).vlan, 101);
    }),
    'AC-188': scenario(async (stage) => {
      const V = await drift(stage, 'eth1', { mtu: 9000 }, { mtu: 5000 }, { mtu: ['5000', '9000'] });
      for (const name of ['eth1', V.vdsmName]) assert.equal((await stage.host.kernel.link(name)).mtu, 5000);
    }),
    'AC-189': scenario(async (stage) => {
      const V = await drift(stage, 'eth1', {}, { mtu: 9000 }, { mtu: ['9000', '1500'] });
      for (const name of ['eth1', V.vdsmName]) assert.equal((await stage.host.kernel.link(name)).mtu, 9000);
    }),
    'AC-190': alsoInLab(async (stage) => {
      const V = await drift(stage, 'eth1', {}, { usages: { usage: [] } }, { bridged: ['false', 'true'] });
      assert.ok(!(await stage.host.kernel.links()).has(V.vdsmName));
    }),
    'AC-191': scenario(async (stage) => {
      const V = await drift(
        stage,
        'eth1',
        { vm: false },
        { usages: { usage: ['vm'] } },
        { bridged: ['true', 'false'] },
      );
      assert.equal((await stage.host.kernel.link(V.vdsmName)).kind, 'bridge');
    }),
    'AC-192': scenario(async (stage) => {
      const wanted = { vlan: { id: 102 }, mtu: 9000, usages: { usage: [] } };
      const shown: Differences = { vlan: ['102', '101'], mtu: ['9000', '1500'], bridged: ['false', 'true'] };
      const V = await drift(stage, 'eth1', { vlan: 101 }, wanted, shown);
      const links = await stage.host.kernel.links();
      assert.ok(!links.has(V.vdsmName) && !links.has('eth1.101'));
      assert.equal(links.get('eth1.102')?.mtu, 9000);
    }),
    'AC-193': scenario(async (stage) => {
      await drift(stage, 'bond1', { vlan: 101 }, { vlan: { id: 102 } }, { vlan: ['102', '101'] });
      assert.ok((await stage.host.kernel.links()).has('bond1.102'));
    }),
    'AC-194': alsoInLab(async (stage) => {
      await drift(stage, 'bond1', { mtu: 9000 }, { mtu: 5000 }, { mtu: ['5000', '9000'] });
      for (const name of ['bond1', 'eth1', 'eth2']) assert.equal((await stage.host.kernel.link(name)).mtu, 5000);
    }),
    'AC-195': scenario(async (stage) => {
      const V = await drift(stage, 'bond1', {}, { usages: { usage: [] } }, { bridged: ['false', 'true'] });
      assert.ok(!(await stage.host.kernel.links()).has(V.vdsmName));
    }),
    'AC-196': alsoInLab(async (stage) => {
      const V = await readdressed(stage, 'eth1', '255.255.255.0', { address: '192.0.2.77', prefix: 24 });
      assert.deepEqual(await differences(stage.host, V), { ipv4_address: ['192.0.2.11', '192.0.2.77'] });
      await isBack(stage.host, V);
    }),
    'AC-197': scenario(async (stage) => {
      const V = await readdressed(stage, 'eth1', '255.255.255.0', { address: '192.0.2.11', prefix: 32 });
      assert.deepEqual(await differences(stage.host, V), { ipv4_netmask: ['255.255.255.0', '255.255.255.255'] });
      await isBack(stage.host, V);
    }),
    'AC-198': scenario(async (stage) => {
      const V = await readdressed(stage, 'eth1', '24', { address: '192.0.2.11', prefix: 32 });
      assert.deepEqual(await differences(stage.host, V), { ipv4_netmask: ['24', '255.255.255.255'] });
      await isBack(stage.host, V);
    }),
    'AC-199': scenario(async (stage) => {
      const V = await stage.network();
      await onNic(stage, 'eth1', V);
      const address = { family: 4, address: '192.0.2.77', prefix: 24, nodad: true, validFor: null } as const;
      await stage.host.kernel.byHand({ kind: 'addr.add', device: V.vdsmName, ...address });
      await stage.host.refresh();
      assert.deepEqual(await differences(stage.host, V), { ipv4_boot_protocol: ['NONE', 'STATIC_IP'] });
      await synchronises(stage.host, V);
      assert.deepEqual((await stage.host.kernel.link(V.vdsmName)).addresses, []);
    }),
    'AC-200': scenario(async (stage) => {
      const V = await readdressed(stage, 'bond1', '255.255.255.0', { address: '192.0.2.77', prefix: 24 });
      assert.deepEqual(await differences(stage.host, V), { ipv4_address: ['192.0.2.11', '192.0.2.77'] });
      await isBack(stage.host, V);
    }),
    'AC-201': alsoInLab(async (stage) => {
      const [q10, q20] = [await namedQos(stage, 10), await namedQos(stage, 20)];
      await drift(stage, 'eth1', { vlan: 101, more: q10 }, q20, qosEntries('20', '10'));
      const classes = await stage.host.kernel.classes('eth1');
      assert.equal(classes[(101).toString(16)]?.upperlimit, 20_000_000);
    }),
    'AC-202': scenario(async (stage) => {
      await drift(stage, 'eth1', { vlan: 101 }, await namedQos(stage, 10), qosEntries('10', null));
      assert.ok((101).toString(16) in (await stage.host.kernel.classes('eth1')));
    }),
    'AC-203': scenario(async (stage) => {
      const [q10, q20] = [await namedQos(stage, 10), await namedQos(stage, 20)];
      await drift(stage, 'bond1', { more: q10 }, q20, qosEntries('20', '10'));
      assert.equal((await stage.host.kernel.classes('bond1'))['1388']?.realtime, 20_000_000);
    }),
    'AC-205': scenario(async (stage) => {
      await onNic(stage, 'eth1', await stage.network());
      const { kernel } = memoryOf(stage.host);
      const before = kernel.executed.length;
      await stage.host.accepts(ask('POST', '/syncallnetworks', 'action'));
      assert.equal(kernel.executed.length, before);
    }),
    'AC-206': scenario(async (stage) => {
      const V = await stage.network({ mtu: 9000 });
      await onNic(stage, 'eth1', V);
      await change(stage, V, { mtu: 5000 });
      await stage.host.accepts(put(V, { override_configuration: true }));
      assert.deepEqual(await differences(stage.host, V), {});
      assert.equal((await stage.host.kernel.link('eth1')).mtu, 5000);
    }),
    'AC-207': scenario(async (stage) => {
      const V = await stage.network({ mtu: 9000 });
      await onNic(stage, 'eth1', V);
      await change(stage, V, { mtu: 5000 });
      const plain = put(V, {});
      await stage.host.accepts({ ...plain, path: (ids) => `${plain.path(ids)}?override_configuration=true` });
      assert.deepEqual(await differences(stage.host, V), {});
      assert.equal((await stage.host.kernel.link('eth1')).mtu, 5000);
    }),
    'AC-208': scenario(async (stage) => {
      const V = await stage.network({ mtu: 9000 });
      await onNic(stage, 'eth1', V);
      await change(stage, V, { mtu: 5000, usages: { usage: [] } });
      const address = ip(v4.static('192.0.2.11', '24'));
      const told = ['bridged: host true, wanted false', 'mtu: host 9000, wanted 5000'];
      await stage.host.refuses(put(V, address), 409, 'SYNC-01', V.name, ...told);
      await stage.host.accepts(put(V, { ...address, override_configuration: true }));
      assert.deepEqual(await differences(stage.host, V), {});
      assert.deepEqual((await stage.host.kernel.link('eth1')).addresses, ['192.0.2.11/24']);
    }),
    'AC-209': scenario(async (stage) => {
      const V = await stage.network();
      await stage.host.accepts(hostPost(V, 'eth1', ip(v4.dhcp())));
      memoryOf(stage.host).kernel.lease(V.vdsmName, { address: '192.0.2.99/24', gateway: '192.0.2.1' });
      await stage.host.refresh();
      assert.deepEqual(await differences(stage.host, V), {});
      const names = (await stage.host.attachment(V)).reported_configurations?.map(({ name }) => name) ?? [];
      assert.ok(names.includes('ipv4_boot_protocol') && !names.includes('ipv4_address'), names.join());
    }),
    'AC-210': scenario(async (stage) => {
      const V = await stage.network();
      await stage.host.accepts(hostPost(V, 'eth1', ip(v4.static('192.0.2.11', '24', '0.0.0.0'))));
      assert.deepEqual(await differences(stage.host, V), {});
    }),
    'AC-211': scenario(async (stage) => {
      const V = await stage.network();
      await stage.host.accepts(hostPost(V, 'eth1', ip(v6.static('2001:db8:0::1', 64))));
      assert.deepEqual((await stage.host.kernel.link(V.vdsmName)).addresses, ['2001:db8::1/64']);
      assert.deepEqual(await differences(stage.host, V), {});
    }),
    'AC-212': scenario(async (stage) => {
      const M = await management(stage);
      stage.afterwards(() => change(stage, M, dns()));
      await change(stage, M, dns('192.0.2.1', '192.0.2.2'));
      await resolves(stage, ['192.0.2.3', '192.0.2.2', '192.0.2.1']);
      assert.deepEqual(await differences(stage.host, M), {});
      await resolves(stage, ['192.0.2.3', '192.0.2.2']);
      assert.deepEqual(await differences(stage.host, M), {
        dns_configuration: ['192.0.2.1,192.0.2.2', '192.0.2.2,192.0.2.3'],
      });
    }),
    'AC-213': scenario(async (stage) => {
      const M = await management(stage);
      await resolves(stage, ['192.0.2.3']);
      stage.afterwards(() => stage.host.accepts(put(M, dns())));
      await stage.host.accepts(put(M, dns('192.0.2.1')));
      stage.afterwards(() => change(stage, M, dns()));
      await change(stage, M, dns('192.0.2.2'));
      assert.deepEqual(await stage.host.kernel.nameservers(), ['192.0.2.1']);
      assert.deepEqual(await differences(stage.host, M), {});
    }),
    'AC-214': scenario(async (stage) => {
      const V = await stage.network();
      await stage.host.accepts(hostPost(V, 'eth1', ip(v4.static('192.0.2.11', '24'))));
      const M = await management(stage);
      const routed = (one: Network, ...roles: string[]) =>
        stage.accepts('PUT', `/clusters/${stage.clusterId}/networks/${one.id}?propagate=false`, 'network', {
          usages: { usage: ['vm', ...roles, 'default_route'] },
        });
      stage.afterwards(() => routed(M, 'display', 'migration', 'management'));
      await routed(V);
      assert.deepEqual(await differences(stage.host, V), { default_route: ['true', 'false'] });
      assert.deepEqual(await differences(stage.host, M), { default_route: ['false', 'true'] });
    }),
  },
};
