/** JSON over fetch, in the way of clients that run in a browser: a token, kept for every request, and no XML anywhere. */
import assert from 'node:assert/strict';
import type { Outcome, PublishedClient, Target } from './client.ts';

interface Entity {
  id: string;
  name?: string;
  [member: string]: unknown;
}

export const browser: PublishedClient = {
  name: 'JSON over fetch',
  version: process.version,
  install: async () => {},
  async run(_folder, target) {
    const outcomes: Outcome[] = [];
    const session = await signIn(target);
    for (const [operation, work] of Object.entries(operations)) {
      const problem = await work(session).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' '),
      );
      outcomes.push({ operation, problem });
    }
    return outcomes;
  },
};

interface Session {
  /** @throws unless the answer has that status */
  ask(status: number, method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  list(path: string, member: string): Promise<Entity[]>;
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
      const found = (await session.list(`/hosts/${session.host}/nics`, 'host_nic')).find((one) => one.name === name);
      assert.ok(found, `there is no nic ${name}`);
      return found;
    },
    async attachment(network) {
      const [{ id } = { id: '' }] = await session.list(`/networks?search=name%3D${network}`, 'network');
      const all = await session.list(`/hosts/${session.host}/networkattachments`, 'network_attachment');
      const found = all.find((one) => (one['network'] as Entity).id === id);
      assert.ok(found, `${network} is not attached`);
      return found;
    },
  };
  session.host = (await session.list('/hosts?search=name%3Dhost1', 'host'))[0]?.id ?? '';
  return session;
}

const attach = (network: string, nic: string) => ({ network: { name: network }, host_nic: { name: nic } });
const bond = (name: string, ...slaves: string[]) => ({
  name,
  bonding: {
    options: { option: [{ name: 'mode', value: '1' }] },
    slaves: { host_nic: slaves.map((slave) => ({ name: slave })) },
  },
});

const operations: Record<string, (session: Session) => Promise<void>> = {
  async 'networks: add, and give to a cluster'({ ask, list }) {
    const [cluster] = await list('/clusters?search=name%3DDefault', 'cluster');
    for (const [at, name] of ['wblue', 'wred'].entries()) {
      const vlan = { id: 90 + at };
      const made = await ask(201, 'POST', '/networks', { name, vlan, data_center: { name: 'Default' } });
      assert.equal(made['name'], name);
      await ask(201, 'POST', `/clusters/${cluster?.id}/networks`, { name, required: false });
    }
  },
  async 'S-01 a network with DHCP on a nic'({ ask, host, nic }) {
    const { id } = await nic('eth1');
    const assignments = { ip_address_assignment: [{ assignment_method: 'dhcp' }] };
    const made = await ask(201, 'POST', `/hosts/${host}/nics/${id}/networkattachments`, {
      network: { name: 'wblue' },
      ip_address_assignments: assignments,
    });
    assert.match(JSON.stringify(made['ip_address_assignments']), /"assignment_method":"dhcp"/);
  },
  async 'S-03 from DHCP to a static address'({ ask, host, attachment }) {
    const { id } = await attachment('wblue');
    const ip = { address: '192.0.2.27', netmask: '24', version: 'v4' };
    const assignments = { ip_address_assignment: [{ assignment_method: 'static', ip }] };
    await ask(200, 'PUT', `/hosts/${host}/networkattachments/${id}`, { ip_address_assignments: assignments });
    assert.match(JSON.stringify(await attachment('wblue')), /192\.0\.2\.27/);
  },
  async 'S-11 a bond takes networks'({ ask, host, attachment }) {
    await ask(200, 'POST', `/hosts/${host}/setupnetworks`, {
      modified_bonds: { host_nic: [bond('bond0', 'eth2', 'eth3')] },
      modified_network_attachments: { network_attachment: [attach('wblue', 'bond0'), attach('wred', 'bond0')] },
      commit_on_success: true,
    });
    assert.equal((await attachment('wred'))['in_sync'], 'true');
  },
  async 'S-12 the bond is broken, networks onto its slaves'({ ask, host, nic }) {
    await ask(200, 'POST', `/hosts/${host}/setupnetworks`, {
      removed_bonds: { host_nic: [{ id: (await nic('bond0')).id }] },
      modified_network_attachments: { network_attachment: [attach('wblue', 'eth2'), attach('wred', 'eth3')] },
    });
  },
  async 'S-05 synchronise'({ ask, host }) {
    const { status } = await ask(200, 'POST', `/hosts/${host}/syncallnetworks`, {});
    assert.equal(status, 'complete');
  },
  async 'what a rule refuses is a fault that says why'({ ask, host }) {
    const bonds = { host_nic: [bond('bond0', 'eth4')] };
    const fault = await ask(400, 'POST', `/hosts/${host}/setupnetworks`, { modified_bonds: bonds });
    assert.match(String(fault['detail']), /at least two slaves/);
  },
  async 'what is not there is a fault, too'({ ask, host }) {
    assert.ok((await ask(404, 'GET', `/hosts/${host}/nics/nothing`))['reason']);
  },
  async 'S-14 several networks go at once'({ ask, host, attachment }) {
    const gone = [{ id: (await attachment('wblue')).id }, { id: (await attachment('wred')).id }];
    await ask(200, 'POST', `/hosts/${host}/setupnetworks`, {
      removed_network_attachments: { network_attachment: gone },
    });
  },
};
