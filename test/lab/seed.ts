/** The founding samples, end to end on a real kernel: what the API answers and what the kernel has. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Form, forms, type Sample, samples } from '../seed/forms.ts';
import { type HostView, makeNetwork, type System, until, viewHost } from './system.ts';

interface Stage {
  host: HostView;
  nic: Map<string, string>;
  send(sample: Sample, status: number): ReturnType<HostView['request']>;
  attachment(network: string): Promise<string>;
}

export function seedSuite(system: () => System): void {
  describe('founding samples', { timeout: 900_000 }, () => {
    const networks = { dhcp: '', a: '', b: '', flat: '' };
    test('networks of the samples are made', async () => {
      networks.dhcp = await makeNetwork(system(), 'lease', { vlan: 10 });
      networks.a = await makeNetwork(system(), 'red', { vlan: 101 });
      networks.b = await makeNetwork(system(), 'blue', { vlan: 102 });
      networks.flat = await makeNetwork(system(), 'storage', { vm: false });
    });
    for (const form of forms) {
      describe(form, () => walk(system, networks, form));
    }
  });
}

async function stage(system: System): Promise<Stage> {
  const host = await viewHost(system, 'host1');
  return {
    host,
    nic: await host.nicIds(),
    async send({ method, path, body }, status) {
      const reply = await host.request(method, path, body);
      assert.equal(reply.status, status, `${reply.text}\n${system.said.slice(-12).join('\n')}`);
      return reply;
    },
    async attachment(network) {
      const found = await system.engine.engine.store.named('attachment', host.id, network);
      assert.ok(found, `no attachment of ${network}`);
      return found.id;
    },
  };
}

function walk(system: () => System, networks: { dhcp: string; a: string; b: string; flat: string }, form: Form): void {
  const say = samples[form];
  const id = (s: Stage, name: string) => {
    const found = s.nic.get(name);
    assert.ok(found, `no nic ${name}`);
    return found;
  };
  const older = form === 'older spelling';

  test('S-01 a network with DHCP on a nic', async () => {
    const s = await stage(system());
    const reply = await s.send(say.attachDhcp(id(s, 'eth1'), networks.dhcp), 201);
    const made = reply.as('network_attachment');
    assert.equal(made.ip_address_assignments?.[0]?.assignment_method, 'dhcp');
    assert.ok(reply.headers.get('location')?.endsWith(`/nics/${id(s, 'eth1')}/networkattachments/${made.id}`));
    const links = await s.host.links();
    assert.equal(links.get('eth1.10')?.master, 'lease');
    assert.equal(links.get('eth1.10')?.linkinfo?.info_data?.id, 10);
    await until(
      'a lease',
      async () => ipv4(await s.host.links(), 'lease').some((a) => a.startsWith('10.0.10.')),
      30_000,
    );
  });

  test('S-03 the boot protocol becomes static', async () => {
    const s = await stage(system());
    const attachment = await s.attachment(networks.dhcp);
    const reply = await s.send(
      say.makeStatic(id(s, 'eth1'), attachment, '10.0.10.15', '255.255.255.0', '10.0.10.254'),
      200,
    );
    assert.equal(reply.as('network_attachment').ip_address_assignments?.[0]?.ip?.address, '10.0.10.15');
    assert.deepEqual(ipv4(await s.host.links(), 'lease'), ['10.0.10.15/24']);
    const rules = await s.host.exec('ip', 'rule');
    assert.match(rules, /from 10\.0\.10\.0\/24/, 'replies leave by the network they came from');
  });

  test('S-05 synchronise what another hand changed', async () => {
    const s = await stage(system());
    await s.host.exec('ip', 'link', 'set', 'lease', 'mtu', '1400');
    const path = `/networkattachments/${await s.attachment(networks.dhcp)}`;
    const shown = async () => (await s.host.request('GET', path)).as('network_attachment');
    await until(
      'the change is seen',
      async () => (await s.host.request('GET', path)).text.includes('<in_sync>false'),
      15_000,
    );
    assert.ok(await shown());
    const reply = await s.send(say.synchronise(id(s, 'eth1'), await s.attachment(networks.dhcp)), 200);
    assert.match(reply.text, /in_sync"?(>|": ")true/);
    assert.equal((await s.host.links()).get('lease')?.mtu, 1500);
  });

  test('S-02 the network is taken off the nic', async () => {
    const s = await stage(system());
    const attachment = await s.attachment(networks.dhcp);
    await s.send(say.detach(id(s, 'eth1'), attachment), 200);
    const links = await s.host.links();
    assert.ok(!links.has('lease') && !links.has('eth1.10'));
    assert.equal((await s.host.request('GET', `/networkattachments/${attachment}`)).status, 404);
  });

  test('S-04 VLAN networks, one after the other', async () => {
    const s = await stage(system());
    for (const network of [networks.a, networks.b]) await s.send(say.attach(id(s, 'eth1'), network), 201);
    const links = await s.host.links();
    assert.equal(links.get('eth1.101')?.master, 'red');
    assert.equal(links.get('eth1.102')?.master, 'blue');
    assert.match((await s.host.request('GET', '/nics')).text, /eth1\.102/);
  });

  test('S-09 and S-10 a network moves, and moves back', async () => {
    const s = await stage(system());
    const attachment = await s.attachment(networks.a);
    const moved = await s.send(say.move(attachment, id(s, 'eth2')), 200);
    assert.equal(moved.as('network_attachment').id, attachment);
    assert.equal(moved.as('network_attachment').host_nic?.id, id(s, 'eth2'));
    let links = await s.host.links();
    assert.ok(links.has('eth2.101') && !links.has('eth1.101'));
    await s.send(say.moveBySetup(attachment, id(s, 'eth1')), 200);
    links = await s.host.links();
    assert.ok(links.has('eth1.101') && !links.has('eth2.101'));
    assert.equal(await s.attachment(networks.a), attachment);
    await s.send(say.move(await s.attachment(networks.b), id(s, 'eth2')), 200);
  });

  test('S-06 a bond', async () => {
    const s = await stage(system());
    const slaves = ['eth3', 'eth4'].map((name) => ({ name, id: id(s, name) }));
    const reply = await s.send(say.createBond({ name: 'bond1', mode: '1', slaves }), older ? 201 : 200);
    if (older) assert.equal(reply.as('host_nic').name, 'bond1');
    const links = await s.host.links();
    assert.equal(links.get('bond1')?.linkinfo?.info_data?.mode, 'active-backup');
    assert.equal(links.get('bond1')?.linkinfo?.info_data?.miimon, 100);
    assert.equal(links.get('eth3')?.master, 'bond1');
    assert.equal(links.get('eth4')?.master, 'bond1');
  });

  test('S-08 a third slave and other options', async () => {
    const s = await stage(system());
    const slaves = ['eth3', 'eth4', 'eth5'].map((name) => ({ name, id: id(s, name) }));
    await s.send(say.changeBond(id(s, 'bond1'), { name: 'bond1', mode: '2', slaves }), 200);
    const links = await s.host.links();
    assert.equal(links.get('bond1')?.linkinfo?.info_data?.mode, 'balance-xor');
    for (const { name } of slaves) assert.equal(links.get(name)?.master, 'bond1');
  });

  test('S-16 a network attached at the host', async () => {
    const s = await stage(system());
    const reply = await s.send(say.attachAtHost('bond1', networks.flat, '203.0.113.5', '255.255.255.0'), 201);
    assert.equal(reply.as('network_attachment').host_nic?.id, id(s, 'bond1'));
    assert.deepEqual(ipv4(await s.host.links(), 'bond1'), ['203.0.113.5/24']);
  });

  test('S-15 synchronise by setupnetworks', async () => {
    const s = await stage(system());
    await s.host.exec('ip', 'addr', 'flush', 'dev', 'bond1', 'scope', 'global');
    await s.send(say.synchroniseBySetup([await s.attachment(networks.flat)]), 200);
    assert.deepEqual(ipv4(await s.host.links(), 'bond1'), ['203.0.113.5/24']);
  });

  test('S-07 a bond goes with the networks on it', async () => {
    const s = await stage(system());
    await s.send(say.removeBond(id(s, 'bond1')), 200);
    const links = await s.host.links();
    assert.ok(!links.has('bond1'));
    assert.equal(links.get('eth3')?.master, undefined);
    assert.equal(await system().engine.engine.store.named('attachment', s.host.id, networks.flat), undefined);
    assert.ok(!(await s.host.nicIds()).has('bond1'));
  });

  const bond = (s: Stage) => ({
    name: 'bond0',
    mode: '1',
    slaves: ['eth1', 'eth2'].map((name) => ({ name, id: id(s, name) })),
  });

  test('S-11 a bond of two nics takes the networks of both', async () => {
    const s = await stage(system());
    const before = await s.attachment(networks.a);
    await s.send(say.bondAndMove(bond(s), [networks.a, networks.b]), 200);
    const links = await s.host.links();
    assert.equal(links.get('bond0.101')?.master, 'red');
    assert.equal(links.get('bond0.102')?.master, 'blue');
    assert.equal(links.get('eth1')?.master, 'bond0');
    assert.ok(!links.has('eth1.101') && !links.has('eth2.102'));
    assert.equal(await s.attachment(networks.a), before, 'the attachment keeps its id');
  });

  test('a second host answers over the tagged network through the bond', async () => {
    const s = await stage(system());
    const other = await viewHost(system(), 'host2');
    const nic = (await other.nicIds()).get('eth1');
    const json = (address: string) => ({
      network: { id: networks.a },
      ip_address_assignments: {
        ip_address_assignment: [{ assignment_method: 'static', ip: { address, netmask: '24', version: 'v4' } }],
      },
    });
    const far = await other.request('POST', `/nics/${nic}/networkattachments`, json('198.51.100.2'));
    assert.equal(far.status, 201, far.text);
    const near = await s.host.request(
      'PUT',
      `/networkattachments/${await s.attachment(networks.a)}`,
      json('198.51.100.1'),
    );
    assert.equal(near.status, 200, near.text);
    await s.host.exec('ping', '-c1', '-W5', '198.51.100.2');
    const gone = await other.request('DELETE', `/networkattachments/${far.as('network_attachment').id}`);
    assert.equal(gone.status, 200);
  });

  test('S-12 the bond is broken, networks named by id', async () => {
    const s = await stage(system());
    const before = await s.attachment(networks.a);
    const moves = [
      { network: networks.a, nic: 'eth1' },
      { network: networks.b, nic: 'eth2' },
    ];
    await s.send(say.breakByNetwork('bond0', moves), 200);
    await broken(s);
    assert.equal(await s.attachment(networks.a), before, 'the attachment keeps its id');
  });

  test('S-13 the same with attachment ids', async () => {
    const s = await stage(system());
    await s.send(say.bondAndMove(bond(s), [networks.a, networks.b]), 200);
    const moves = [
      { attachment: await s.attachment(networks.a), nic: 'eth1' },
      { attachment: await s.attachment(networks.b), nic: 'eth2' },
    ];
    await s.send(say.breakByAttachment('bond0', moves), 200);
    await broken(s);
  });

  test('S-14 several networks go at once', async () => {
    const s = await stage(system());
    const ids = [await s.attachment(networks.a), await s.attachment(networks.b)];
    const refused = await s.host.request(...triple(say.detachAll([...ids, '00000000-0000-0000-0000-00000000dead'])));
    assert.equal(refused.status, 400, refused.text);
    assert.ok((await s.host.links()).has('red'), 'one bad id, and none is removed');
    await s.send(say.detachAll(ids), 200);
    const links = await s.host.links();
    for (const name of ['red', 'blue', 'eth1.101', 'eth2.102']) assert.ok(!links.has(name), name);
  });
}

async function broken(s: Stage): Promise<void> {
  const links = await s.host.links();
  assert.ok(!links.has('bond0') && !links.has('bond0.101'));
  assert.equal(links.get('eth1.101')?.master, 'red');
  assert.equal(links.get('eth2.102')?.master, 'blue');
  assert.ok(!(await s.host.nicIds()).has('bond0'));
}

function ipv4(links: Awaited<ReturnType<HostView['links']>>, device: string): string[] {
  const found = links.get(device)?.addr_info ?? [];
  return found.filter((a) => a.family === 'inet').map((a) => `${a.local}/${a.prefixlen}`);
}

function triple({ method, path, body }: Sample): [string, string, (string | object)?] {
  return body === undefined ? [method, path] : [method, path, body];
}
