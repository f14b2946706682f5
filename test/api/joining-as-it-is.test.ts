/** Hosts that were set up by other hands before they join. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type RunningMemoryHost, startMemoryHost } from '@patchbay/lab';
import type { Host } from '@patchbay/model';
import type { KernelOp } from '@patchbay/protocol';
import { ended, followedJob, jobNow } from './propagation.ts';
import { makeNetwork, type System, startSystem, until } from './system.ts';

const address = '192.168.100.11';
const gateway = '192.168.100.1';

describe('joining a host that lives already', { timeout: 120_000 }, () => {
  let system: System;
  let memories: RunningMemoryHost[] = [];
  beforeEach(async () => {
    memories = [];
    system = await startSystem(0);
  });
  afterEach(async () => {
    await Promise.all(memories.map((host) => host.stop()));
    await system?.stop();
  });

  /** Host number 1 in memory, as other hands have left it, when its joining has come to an end. */
  async function join(name: string, handiwork: KernelOp[]): Promise<{ host: Host; memory: RunningMemoryHost }> {
    const enrol = `http://127.0.0.1:${system.engine.port}/patchbay/enrol`;
    const token = await system.engine.joinToken(name);
    const memory = await startMemoryHost({ name, number: 1, before: handiwork, enrol, token, log() {} });
    memories.push(memory);
    let host: Host | undefined;
    await until(`${name} has joined or not`, async () => {
      host = (await system.engine.engine.store.list('host')).find((one) => one.name === name);
      return host !== undefined && host.status !== 'installing';
    });
    return { host: host ?? assert.fail(), memory };
  }
  const statusOf = async ({ id }: Host) => (await system.engine.engine.store.get('host', id))?.status;
  const eventsOf = async ({ id }: Host) =>
    (await system.engine.engine.store.events()).filter((one) => one.host_id === id).map((one) => one.description);

  test('one whose address is on a bridge joins when the management network is called like the bridge', async () => {
    const at = { family: 4, device: 'br0' } as const;
    const { host, memory } = await join('bridged', [
      { kind: 'link.add', name: 'br0', type: 'bridge', mac: null, base: null, vlan: null, options: {} },
      { kind: 'link.set', name: 'br0', group: 0, up: true },
      { kind: 'addr.del', family: 4, device: 'eth0', address, prefix: 24 },
      { kind: 'link.set', name: 'eth0', master: 'br0' },
      { kind: 'addr.add', ...at, address, prefix: 24, nodad: true, validFor: null },
      { kind: 'route.replace', ...at, table: 254, destination: 'default', gateway, metric: null, protocol: 'boot' },
    ]);
    assert.equal(host.status, 'install_failed');
    assert.match((await eventsOf(host)).join('\n'), /bridged has no management network yet: .*rename it to br0/);
    const activate = () => system.api.request('POST', `/hosts/${host.id}/activate`, {});
    const refused = await activate();
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.text, /is on bridge br0, and the bridge of network ovirtmgmt is ovirtmgmt/);
    assert.equal(await statusOf(host), 'install_failed');

    const management = (await system.engine.engine.store.list('network')).find(({ name }) => name === 'ovirtmgmt');
    const renamed = await system.api.request('PUT', `/networks/${management?.id}`, { name: 'br0' });
    assert.equal(renamed.status, 200, renamed.text);
    const done = await activate();
    assert.equal(done.status, 200, done.text);
    assert.equal(await statusOf(host), 'up');
    const { links } = await memory.kernel.observe();
    const br0 = links.find(({ name }) => name === 'br0');
    assert.match(br0?.alias ?? '', /^patchbay:bridge:br0/);
    assert.deepEqual(
      br0?.addresses.filter(({ family }) => family === 4).map((one) => one.address),
      [address],
    );
    assert.equal(links.find(({ name }) => name === 'eth0')?.master, 'br0');
  });

  test('a host that comes back while it is given its management network is given it once', async (t) => {
    const { host, memory } = await join('plain', []);
    const { hosts, store } = system.engine.engine;
    const told = async (what: RegExp) => (await eventsOf(host)).filter((one) => what.test(one)).length;
    const attempts = async () =>
      (await store.list('job')).filter((job) => job.description === 'Setting up the management network on host plain')
        .length;
    assert.deepEqual([host.status, await told(/Host plain is up/), await attempts()], ['up', 1, 1]);

    // It joins anew, the kernel refuses, and meanwhile it has to dial anew.
    await store.write(async (tx) => {
      for (const { id } of await tx.list('attachment', host.id)) await tx.remove('attachment', id);
      await tx.put('host', { ...host, status: 'installing' });
    });
    const { kernel } = memory;
    kernel.disturb({ kind: 'link.set', name: 'eth0', mtu: 1400 });
    let refusals = 0;
    t.mock.method(kernel, 'execute', async ([failed]: Parameters<typeof kernel.execute>[0]) => {
      assert.ok(failed !== undefined);
      refusals += 1;
      hosts.drop(host.id);
      return { ok: false as const, failed, message: 'No space left on device' };
    });
    hosts.drop(host.id);
    await until('it has failed', async () => (await statusOf(host)) === 'install_failed');
    await until('it is back', async () => hosts.connected(host.id));
    await system.engine.engine.locks.hold(host.id, 20_000, async () => {});
    assert.deepEqual(
      [refusals, await told(/plain has no management network yet/), await attempts(), await statusOf(host)],
      [1, 1, 2, 'install_failed'],
    );
  });

  test('a host that is activated after its joining had failed follows what was changed meanwhile', async () => {
    const { host } = await join('late', []);
    const { store } = system.engine.engine;
    const eth1 = (await store.named('nic', host.id, 'eth1'))?.id;
    const labelled = await system.api.request('POST', `/hosts/${host.id}/nics/${eth1}/networklabels`, { id: 'rack' });
    assert.equal(labelled.status, 201, labelled.text);
    const network = await makeNetwork(system, 'red', { vlan: 7 });
    await store.write((tx) => tx.put('host', { ...host, status: 'install_failed' }));
    const changed = await system.api.request('POST', `/networks/${network}/networklabels`, { id: 'rack' });
    assert.equal(changed.status, 201, changed.text);
    const job = followedJob(changed);
    assert.equal((await jobNow(system, job)).status, 'started');
    const activated = await system.api.request('POST', `/hosts/${host.id}/activate`, {});
    assert.equal(activated.status, 200, activated.text);
    assert.equal((await ended(system, job)).status, 'finished');
  });

  test('what joining takes away is told, and a plain host is told nothing', async () => {
    const four = { family: 4, table: 254, metric: null, protocol: 'static', device: 'eth0' } as const;
    const { host } = await join('busy', [
      { kind: 'link.set', name: 'eth0', mtu: 9000 },
      { kind: 'route.replace', ...four, destination: '10.50.0.0/16', gateway: '192.168.100.254' },
    ]);
    assert.equal(host.status, 'up', (await eventsOf(host)).join('\n'));
    const warnings = async (of: Host) =>
      (await eventsOf(of)).filter((one) => one.startsWith('HOST_JOINED_WITH_LOSSES'));
    assert.deepEqual(await warnings(host), [
      'HOST_JOINED_WITH_LOSSES: Joining has taken from host busy what none of its networks says: MTU 9000 of eth0, which is 1500 (set it on the network there); route 10.50.0.0/16 via 192.168.100.254 (one with a routing protocol of its own stays: ip route add 10.50.0.0/16 via 192.168.100.254 dev ovirtmgmt proto 200).',
    ]);
    const removed = await system.api.request('DELETE', `/hosts/${host.id}?force=true`);
    assert.equal(removed.status, 200, removed.text);
    const plain = await join('plain', []);
    assert.equal(plain.host.status, 'up');
    assert.deepEqual(await warnings(plain.host), []);
  });

  test('IPv6 and more addresses come along, and stay when the network is changed', async () => {
    const six = { family: 6, device: 'eth0' } as const;
    const four = { family: 4, device: 'eth0', nodad: true, validFor: null } as const;
    const { host, memory } = await join('dual', [
      { kind: 'addr.add', ...four, address: '192.168.100.12', prefix: 24 },
      { kind: 'addr.add', ...four, address: '172.16.0.5', prefix: 25 },
      { kind: 'addr.add', ...six, address: '2001:db8::5', prefix: 64, nodad: true, validFor: null },
      { kind: 'route.replace', ...six, table: 254, destination: 'default', gateway: '2001:db8::1', metric: null },
    ]);
    assert.equal(host.status, 'up', (await eventsOf(host)).join('\n'));
    const addresses = async () => {
      const { links } = await memory.kernel.observe();
      const ovirtmgmt = links.find(({ name }) => name === 'ovirtmgmt');
      const all = ovirtmgmt?.addresses.filter(({ scope }) => scope === 'global') ?? [];
      return all.map((one) => `${one.address}/${one.prefix}`).sort();
    };
    const all = ['172.16.0.5/25', `${address}/24`, '192.168.100.12/24', '2001:db8::5/64'];
    assert.deepEqual(await addresses(), all);
    const { routes } = await memory.kernel.observe();
    const defaults = routes.filter((one) => one.table === 254 && one.destination === 'default');
    assert.deepEqual(defaults.map((one) => `${one.device} ${one.gateway}`).sort(), [
      `ovirtmgmt ${gateway}`,
      'ovirtmgmt 2001:db8::1',
    ]);
    const [attachment] = await system.engine.engine.store.list('attachment', host.id);
    assert.deepEqual(attachment?.properties, { ipv4_addrs: '192.168.100.12/24,172.16.0.5/25' });
    const moved = await system.api.request('POST', `/hosts/${host.id}/setupnetworks`, {
      modified_network_attachments: { network_attachment: [{ id: attachment?.id, host_nic: { name: 'eth1' } }] },
    });
    assert.equal(moved.status, 200, moved.text);
    assert.deepEqual(await addresses(), all);
  });
});
