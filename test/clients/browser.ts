/** JSON over fetch, in the way of clients that run in a browser: a token, kept for every request, and no XML anywhere. */
import assert from 'node:assert/strict';
import { done, type Outcome, type PublishedClient, type Target } from './client.ts';

interface Entity {
  id: string;
  name?: string;
  [member: string]: unknown;
}

export const browser: PublishedClient = {
  name: 'JSON over fetch',
  version: `Node.js ${process.versions.node}`,
  install: async () => {},
  async run(_folder, target) {
    const outcomes: Outcome[] = [];
    const session = await signIn(target);
    for (const [operation, work] of Object.entries(operations)) {
      outcomes.push(await done(target, operation, () => work(session)));
    }
    return outcomes;
  },
};

interface Session {
  /** @throws unless the answer has that status */
  ask(status: number, method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  list(path: string, member: string): Promise<Entity[]>;
  /** Path of the host. */
  host: string;
  nic(name: string): Promise<Entity>;
  attachment(network: string): Promise<Entity>;
}

async function signIn({ url, password }: Target): Promise<Session> {
  const { origin } = new URL(url);
  const form = { grant_type: 'password', scope: 'ovirt-app-api', username: 'admin@internal', password };
  const answer = await fetch(`${origin}/ovirt-engine/sso/oauth/token`, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(form),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' };
  const session: Session = {
    host: '',
    async ask(status, method, path, body) {
      const reply = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      const text = await reply.text();
      assert.equal(reply.status, status, text);
      return JSON.parse(text) as Record<string, unknown>;
    },
    list: async (path, member) => ((await session.ask(200, 'GET', path))[member] ?? []) as Entity[],
    async nic(name) {
      const found = (await session.list(`${session.host}/nics`, 'host_nic')).find((one) => one.name === name);
      assert.ok(found, `there is no nic ${name}`);
      return found;
    },
    async attachment(network) {
      const [{ id } = { id: '' }] = await session.list(`/networks?search=name%3D${network}`, 'network');
      const all = await session.list(`${session.host}/networkattachments`, 'network_attachment');
      const found = all.find((one) => (one['network'] as Entity).id === id);
      assert.ok(found, `${network} is not attached`);
      return found;
    },
  };
  session.host = `/hosts/${(await session.list('/hosts?search=name%3Dhost1', 'host'))[0]?.id}`;
  return session;
}

const attach = (network: string, nic: string) => ({ network: { name: network }, host_nic: { name: nic } });
const attachments = (...all: object[]) => ({ network_attachment: all });
const fixed = (address: string, gateway?: string) => ({
  ip_address_assignment: [
    {
      assignment_method: 'static',
      ip: { address, netmask: '255.255.255.0', version: 'v4', ...(gateway && { gateway }) },
    },
  ],
});
const bond = (name: string, mode: string, ...slaves: string[]) => ({
  host_nic: [
    {
      name,
      bonding: {
        options: {
          option: [
            { name: 'mode', value: mode },
            { name: 'miimon', value: '100' },
          ],
        },
        slaves: { host_nic: slaves.map((slave) => ({ name: slave })) },
      },
    },
  ],
});

async function bondAndMove({ ask, host }: Session): Promise<void> {
  await ask(200, 'POST', `${host}/setupnetworks`, {
    modified_bonds: bond('bond0', '1', 'eth1', 'eth2'),
    modified_network_attachments: attachments(attach('red', 'bond0'), attach('blue', 'bond0')),
    check_connectivity: true,
    commit_on_success: true,
  });
}

const operations: Record<string, (session: Session) => Promise<void>> = {
  async 'start-up: the product, who I am, and what there is'({ ask, list }) {
    const api = await ask(200, 'GET', '');
    const { version } = api['product_info'] as { version: Record<string, string> };
    assert.match(`${version['major']}.${version['minor']}.${version['build']}`, /^4\.\d+\.\d+$/);
    const user = await ask(200, 'GET', `/users/${(api['authenticated_user'] as Entity).id}`);
    assert.match(String(user['user_name']), /^admin/);
    const roles = (await list('/permissions?follow=role', 'permission')).map((one) => (one['role'] as Entity).name);
    assert.deepEqual(roles, ['administrator']);
    const [cluster] = await list('/clusters?follow=networks,permissions', 'cluster');
    assert.match(JSON.stringify(cluster?.['networks']), /"ovirtmgmt"/);
    for (const path of [
      '/hosts',
      '/datacenters',
      '/networks',
      '/vnicprofiles?follow=network,permissions',
      '/vms;max=20',
    ]) {
      await ask(200, 'GET', path);
    }
  },
  async 'networks: add, and give to a cluster'({ ask, list }) {
    const [cluster] = await list('/clusters?search=name%3DDefault', 'cluster');
    for (const [name, tag] of [
      ['lease', 10],
      ['red', 101],
      ['blue', 102],
      ['storage', null],
    ] as const) {
      const made = await ask(201, 'POST', '/networks', {
        name,
        data_center: { name: 'Default' },
        usages: tag === null ? {} : { usage: ['vm'] },
        ...(tag !== null && { vlan: { id: tag } }),
      });
      assert.equal(made['name'], name);
      await ask(201, 'POST', `/clusters/${cluster?.id}/networks`, { name, required: false });
    }
  },
  async 'S-01 a network with DHCP on a nic'({ ask, host, nic }) {
    const { id } = await nic('eth1');
    const made = await ask(201, 'POST', `${host}/nics/${id}/networkattachments`, {
      network: { name: 'lease' },
      ip_address_assignments: { ip_address_assignment: [{ assignment_method: 'dhcp' }] },
    });
    assert.match(JSON.stringify(made['ip_address_assignments']), /"assignment_method":"dhcp"/);
  },
  async 'S-03 from DHCP to a static address'({ ask, host, nic, attachment }) {
    const path = `${host}/nics/${(await nic('eth1')).id}/networkattachments/${(await attachment('lease')).id}`;
    await ask(200, 'PUT', path, { ip_address_assignments: fixed('10.0.10.15', '10.0.10.254') });
    assert.match(JSON.stringify(await attachment('lease')), /10\.0\.10\.15/);
  },
  async 'S-05 what another hand changed is synchronised'({ ask, host, attachment }) {
    const { id, in_sync } = await attachment('lease');
    assert.equal(in_sync, 'false');
    const path = `${host}/networkattachments/${id}?override_configuration=true`;
    assert.equal((await ask(200, 'PUT', path, {}))['in_sync'], 'true');
  },
  async 'S-02 a network is taken off its nic'({ ask, host, nic, attachment }) {
    const path = `${host}/nics/${(await nic('eth1')).id}/networkattachments/${(await attachment('lease')).id}`;
    assert.equal((await ask(200, 'DELETE', path))['status'], 'complete');
    await ask(404, 'GET', path);
  },
  async 'S-04 tagged networks, one call each'({ ask, host, nic }) {
    const path = `${host}/nics/${(await nic('eth1')).id}/networkattachments`;
    for (const name of ['red', 'blue']) await ask(201, 'POST', path, { network: { name } });
    assert.deepEqual((await nic('eth1.101'))['vlan'], { id: '101' });
  },
  async 'S-09 a network moves to another nic'({ ask, host, nic, attachment }) {
    const { id } = await attachment('red');
    const to = (await nic('eth2')).id;
    const moved = await ask(200, 'PUT', `${host}/networkattachments/${id}`, { host_nic: { id: to } });
    assert.deepEqual([moved['id'], (moved['host_nic'] as Entity).id], [id, to]);
  },
  async 'S-10 a network moves back by a setup'({ ask, host, attachment }) {
    const { id } = await attachment('red');
    await ask(200, 'POST', `${host}/setupnetworks`, {
      modified_network_attachments: attachments({ id, host_nic: { name: 'eth1' } }),
    });
    assert.equal((await attachment('red')).id, id);
  },
  async 'S-06 a bond'({ ask, host, nic }) {
    await ask(200, 'POST', `${host}/setupnetworks`, { modified_bonds: bond('bond1', '1', 'eth3', 'eth4') });
    assert.equal(((await nic('bond1'))['bonding'] as { slaves: { host_nic: [] } }).slaves.host_nic.length, 2);
  },
  async 'S-08 a slave more, another mode'({ ask, host, nic }) {
    await ask(200, 'POST', `${host}/setupnetworks`, { modified_bonds: bond('bond1', '2', 'eth3', 'eth4', 'eth5') });
    assert.match(JSON.stringify((await nic('bond1'))['bonding']), /"Load balance \(balance-xor\)"/);
  },
  async 'S-16 a network attached at the host'({ ask, host, nic }) {
    const wanted = { ...attach('storage', 'bond1'), ip_address_assignments: fixed('203.0.113.5') };
    const made = await ask(201, 'POST', `${host}/networkattachments`, wanted);
    assert.equal((made['host_nic'] as Entity).id, (await nic('bond1')).id);
  },
  async 'S-15 networks are synchronised by a setup'({ ask, host, attachment }) {
    const { id, in_sync } = await attachment('storage');
    assert.equal(in_sync, 'false');
    await ask(200, 'POST', `${host}/setupnetworks`, { synchronized_network_attachments: attachments({ id }) });
    assert.equal((await attachment('storage'))['in_sync'], 'true');
  },
  async 'S-07 a bond goes with the network on it'({ ask, host, attachment }) {
    await ask(200, 'POST', `${host}/setupnetworks`, {
      removed_bonds: { host_nic: [{ name: 'bond1' }] },
      removed_network_attachments: attachments({ id: (await attachment('storage')).id }),
    });
  },
  async 'S-11 a bond takes the networks of its slaves'(session) {
    const { id } = await session.attachment('red');
    await bondAndMove(session);
    const { id: now, in_sync } = await session.attachment('red');
    assert.deepEqual([now, in_sync], [id, 'true']);
  },
  async 'S-12 the bond is broken, networks onto its slaves'({ ask, host, nic }) {
    await ask(200, 'POST', `${host}/setupnetworks`, {
      removed_bonds: { host_nic: [{ id: (await nic('bond0')).id }] },
      modified_network_attachments: attachments(attach('red', 'eth1'), attach('blue', 'eth2')),
    });
  },
  async "S-13 the same by the attachments' ids"(session) {
    const { ask, host, attachment } = session;
    await bondAndMove(session);
    await ask(200, 'POST', `${host}/setupnetworks`, {
      removed_bonds: { host_nic: [{ name: 'bond0' }] },
      modified_network_attachments: attachments(
        { id: (await attachment('red')).id, host_nic: { name: 'eth1' } },
        { id: (await attachment('blue')).id, host_nic: { name: 'eth2' } },
      ),
    });
  },
  async 'S-14 several networks go at once'({ ask, host, list, attachment }) {
    const gone = [{ id: (await attachment('red')).id }, { id: (await attachment('blue')).id }];
    const unknown = { id: '00000000-0000-0000-0000-00000000dead' };
    const remove = (...all: object[]) => ({ removed_network_attachments: attachments(...all) });
    await ask(400, 'POST', `${host}/setupnetworks`, remove(...gone, unknown));
    assert.equal((await list(`${host}/networkattachments`, 'network_attachment')).length, 3, 'one bad id, none goes');
    await ask(200, 'POST', `${host}/setupnetworks`, remove(...gone));
    assert.equal((await list(`${host}/networkattachments`, 'network_attachment')).length, 1);
  },
  async 'pages of hosts, nics, events and jobs'({ ask, list, host }) {
    const [first] = await list('/hosts?all_content=true&follow=statistics,nics.statistics', 'host');
    assert.match(JSON.stringify(first?.['nics']), /data\.total\.rx/);
    await ask(200, 'GET', `${host}/nics?follow=network_labels`);
    const here = await list(`${host}/networkattachments?follow=network`, 'network_attachment');
    assert.match(JSON.stringify(here[0]?.['network']), /"name":"ovirtmgmt"/);
    const [event] = await list('/events?max=100&search=sortby%20time%20desc%20page%201', 'event');
    assert.ok(Number(event?.['time']) > 1.7e12, 'a time is milliseconds since 1970');
    const [job] = await list('/jobs?max=50&follow=owner', 'job');
    assert.equal((await list(`/jobs/${job?.id}/steps`, 'step'))[0]?.['status'], 'finished');
  },
  async 'save, synchronise'({ ask, host }) {
    assert.equal((await ask(200, 'POST', `${host}/commitnetconfig`, {}))['status'], 'complete');
    assert.equal((await ask(200, 'POST', `${host}/syncallnetworks`, {}))['status'], 'complete');
  },
  async 'what a rule refuses is a fault that says why'({ ask, host }) {
    const fault = await ask(400, 'POST', `${host}/setupnetworks`, { modified_bonds: bond('bond0', '1', 'eth4') });
    assert.match(String(fault['detail']), /at least two slaves/);
    assert.deepEqual(fault['fault'], { reason: fault['reason'], detail: fault['detail'] });
  },
  async 'what is not there is a fault, too'({ ask, host }) {
    assert.ok((await ask(404, 'GET', `${host}/nics/nothing`))['reason']);
  },
  async 'networks: remove'({ ask, list }) {
    for (const { id, name } of await list('/networks', 'network')) {
      if (name !== 'ovirtmgmt') await ask(200, 'DELETE', `/networks/${id}`);
    }
  },
};
