/** The founding samples in three forms, at a host in memory: what the API answers. The kernel's side is the lab's. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Form, forms, type Sample, samples } from '../seed/forms.ts';
import { type HostView, hostAt, makeNetwork, type System, startSystem } from './system.ts';

type Networks = Record<'lease' | 'red' | 'blue' | 'storage', string>;

describe('founding samples', { timeout: 300_000 }, () => {
  let system: System;
  let networks: Networks;
  before(async () => {
    system = await startSystem(1);
    networks = {
      lease: await makeNetwork(system, 'lease', { vlan: 10 }),
      red: await makeNetwork(system, 'red', { vlan: 101 }),
      blue: await makeNetwork(system, 'blue', { vlan: 102 }),
      storage: await makeNetwork(system, 'storage', { vm: false }),
    };
  });
  after(() => system.stop());
  for (const form of forms) test(form, (t) => walk(t, new Stage(system, networks), form));
});

class Stage {
  readonly system: System;
  readonly host: HostView;
  readonly networks: Networks;

  constructor(system: System, networks: Networks) {
    this.system = system;
    this.host = hostAt(system, 0);
    this.networks = networks;
  }

  async send({ method, path, body }: Sample, status: number) {
    const reply = await this.host.request(method, path, body);
    assert.equal(reply.status, status, `${method} ${path}: ${reply.text}`);
    return reply;
  }

  async stored(network: keyof Networks) {
    return this.system.engine.engine.store.named('attachment', this.host.id, this.networks[network]);
  }

  async attachment(network: keyof Networks): Promise<string> {
    const found = await this.stored(network);
    assert.ok(found, `no attachment of ${network}`);
    return found.id;
  }

  /** On which nic the API says that the network is. */
  async nicOf(network: keyof Networks): Promise<string | undefined> {
    const shown = await this.host.request('GET', `/networkattachments/${await this.attachment(network)}`);
    const id = shown.as('network_attachment').host_nic?.id;
    return (await this.system.engine.engine.store.list('nic', this.host.id)).find((nic) => nic.id === id)?.name;
  }
}

async function walk(t: { test: typeof test }, s: Stage, form: Form): Promise<void> {
  const say = samples[form];
  const { host, networks } = s;
  const slaves = async (names: string[]) =>
    Promise.all(names.map(async (name) => ({ name, id: await host.nic(name) })));
  const bond0 = async () => ({ name: 'bond0', mode: '1', slaves: await slaves(['eth1', 'eth2']) });

  await t.test('S-01 a network with DHCP on a nic', async () => {
    const nic = await host.nic('eth1');
    const made = await s.send(say.attachDhcp(nic, networks.lease), 201);
    const { id, ip_address_assignments: addresses } = made.as('network_attachment');
    assert.equal(addresses?.[0]?.assignment_method, 'dhcp');
    assert.ok(made.headers.get('location')?.endsWith(`/nics/${nic}/networkattachments/${id}`));
  });
  await t.test('S-03 the boot protocol becomes static', async () => {
    const change = say.makeStatic(
      await host.nic('eth1'),
      await s.attachment('lease'),
      '10.0.10.15',
      '255.255.255.0',
      '10.0.10.254',
    );
    const ip = (await s.send(change, 200)).as('network_attachment').ip_address_assignments?.[0]?.ip;
    assert.deepEqual([ip?.address, ip?.netmask, ip?.gateway], ['10.0.10.15', '255.255.255.0', '10.0.10.254']);
  });
  await t.test('S-05 synchronise what another hand changed', async () => {
    host.memory.kernel.disturb({ kind: 'link.set', name: 'lease', mtu: 1400 });
    await s.send({ method: 'POST', path: '/refresh', body: {} }, 200);
    const path = `/networkattachments/${await s.attachment('lease')}`;
    assert.match((await host.request('GET', path)).text, /<in_sync>false/);
    const synced = await s.send(say.synchronise(await host.nic('eth1'), await s.attachment('lease')), 200);
    assert.match(synced.text, /in_sync"?(>|": ")true/);
  });
  await t.test('S-02 the network is taken off the nic', async () => {
    const id = await s.attachment('lease');
    await s.send(say.detach(await host.nic('eth1'), id), 200);
    assert.equal((await host.request('GET', `/networkattachments/${id}`)).status, 404);
  });
  await t.test('S-04 VLAN networks, one after the other', async () => {
    for (const name of ['red', 'blue'] as const) await s.send(say.attach(await host.nic('eth1'), networks[name]), 201);
    assert.match((await host.request('GET', '/nics')).text, /eth1\.102/);
  });
  await t.test('S-09 and S-10 a network moves, and moves back', async () => {
    const id = await s.attachment('red');
    const moved = await s.send(say.move(id, await host.nic('eth2')), 200);
    assert.equal(moved.as('network_attachment').id, id);
    assert.equal(await s.nicOf('red'), 'eth2');
    await s.send(say.moveBySetup(id, await host.nic('eth1')), 200);
    assert.equal(await s.nicOf('red'), 'eth1');
    assert.equal(await s.attachment('red'), id);
  });
  await t.test('S-06, S-08, S-16, S-15 and S-07 the life of a bond', async () => {
    const first = { name: 'bond1', mode: '1', slaves: await slaves(['eth3', 'eth4']) };
    await s.send(say.createBond(first), form === 'older spelling' ? 201 : 200);
    if (form === 'older spelling') {
      const again = await s.send(say.createBond(first), 409);
      assert.match(again.text, /S-06/);
    }
    const id = await host.nic('bond1');
    const next = { name: 'bond1', mode: '2', slaves: await slaves(['eth3', 'eth4', 'eth5']) };
    await s.send(say.changeBond(id, next), 200);
    const { bonding } = (await host.request('GET', `/nics/${id}`)).as('host_nic');
    assert.equal(bonding?.options?.find((o) => o.name === 'mode')?.value, '2');
    assert.deepEqual(bonding?.slaves?.map((slave) => slave.id).sort(), next.slaves.map((slave) => slave.id).sort());
    const made = await s.send(say.attachAtHost('bond1', networks.storage, '203.0.113.5', '255.255.255.0'), 201);
    assert.equal(made.as('network_attachment').host_nic?.id, id);
    await s.send(say.synchroniseBySetup([await s.attachment('storage')]), 200);
    await s.send(say.removeBond(id), 200);
    assert.equal(await s.stored('storage'), undefined);
    assert.equal((await host.request('GET', `/nics/${id}`)).status, 404);
  });
  await t.test('S-11 and S-12 a bond takes the networks of both nics, and gives them back', async () => {
    const id = await s.attachment('red');
    await s.send(say.bondAndMove(await bond0(), [networks.red, networks.blue]), 200);
    assert.equal(await s.nicOf('red'), 'bond0');
    assert.equal(await s.nicOf('blue'), 'bond0');
    const moves = [
      { network: networks.red, nic: 'eth1' },
      { network: networks.blue, nic: 'eth2' },
    ];
    await s.send(say.breakByNetwork('bond0', moves), 200);
    assert.equal(await s.nicOf('red'), 'eth1');
    assert.equal(await s.nicOf('blue'), 'eth2');
    assert.equal(await s.attachment('red'), id, 'the attachment keeps its id');
  });
  await t.test('S-13 the same with attachment ids', async () => {
    await s.send(say.bondAndMove(await bond0(), [networks.red, networks.blue]), 200);
    const moves = [
      { attachment: await s.attachment('red'), nic: 'eth1' },
      { attachment: await s.attachment('blue'), nic: 'eth2' },
    ];
    await s.send(say.breakByAttachment('bond0', moves), 200);
    assert.equal(await s.nicOf('blue'), 'eth2');
  });
  await t.test('S-14 several networks go at once, or none', async () => {
    const ids = [await s.attachment('red'), await s.attachment('blue')];
    await s.send(say.detachAll([...ids, '00000000-0000-0000-0000-00000000dead']), 400);
    assert.equal(await s.attachment('red'), ids[0]);
    await s.send(say.detachAll(ids), 200);
    assert.equal(await s.stored('red'), undefined);
    assert.equal(await s.stored('blue'), undefined);
  });
}
