/**
 * The agent, its guard, both, or all of the host are killed at every state of the journal and between any two runs of the executor,
 * for twelve changes. Afterwards the host must be wholly in the old or wholly in the new state, reachable, and the engine must show
 * the truth. `kill-matrix.ts` does the like step by step, without an engine.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kernelText } from './kernel-text.ts';
import { order, type Victim, victims } from './scripted-host.ts';
import { type HostView, makeNetwork, type System, until, viewHost } from './system.ts';
import { everywhere } from './whole.ts';

const state = '/var/lib/patchbay';

/** Two changes that undo each other; each is swept from the state that the other leaves. */
interface Pair {
  name: string;
  forth: object;
  back: object;
}

const attach = (network: string, nic: string, more: object = {}) => ({
  network: { name: network },
  host_nic: { name: nic },
  ...more,
});
const address = (text: string) => ({
  ip_address_assignments: {
    ip_address_assignment: [{ assignment_method: 'static', ip: { address: text, netmask: '24', version: 'v4' } }],
  },
});
const bond = (name: string, mode: string, slaves: string[]) => ({
  host_nic: [
    {
      name,
      bonding: {
        options: { option: [{ name: 'mode', value: mode }] },
        slaves: { host_nic: slaves.map((slave) => ({ name: slave })) },
      },
    },
  ],
});
const attachments = (...entries: object[]) => ({ network_attachment: entries });

const pairs: Pair[] = [
  {
    name: 'several VLAN networks on a nic',
    forth: { modified_network_attachments: attachments(...['k1', 'k2', 'k3'].map((n) => attach(n, 'eth1'))) },
    back: { removed_network_attachments: attachments(...['k1', 'k2', 'k3'].map((n) => ({ network: { name: n } }))) },
  },
  {
    name: 'a bond with a network and an address',
    forth: {
      modified_bonds: bond('bond0', '1', ['eth2', 'eth3']),
      modified_network_attachments: attachments(attach('k1', 'bond0', address('198.51.100.7'))),
    },
    back: {
      removed_bonds: { host_nic: [{ name: 'bond0' }] },
      removed_network_attachments: attachments({ network: { name: 'k1' } }),
    },
  },
  {
    name: 'a network with jumbo frames beside a small one',
    forth: { modified_network_attachments: attachments(attach('k1', 'eth1'), attach('kbig', 'eth1')) },
    back: { removed_network_attachments: attachments({ network: { name: 'kbig' } }, { network: { name: 'k1' } }) },
  },
  {
    name: 'the management network onto a bond',
    forth: {
      modified_bonds: bond('bond0', '1', ['eth0', 'eth4']),
      modified_network_attachments: attachments(attach('ovirtmgmt', 'bond0')),
    },
    back: {
      removed_bonds: { host_nic: [{ name: 'bond0' }] },
      modified_network_attachments: attachments(attach('ovirtmgmt', 'eth0')),
    },
  },
  {
    name: 'the management network to another nic',
    forth: { modified_network_attachments: attachments(attach('ovirtmgmt', 'eth5')) },
    back: { modified_network_attachments: attachments(attach('ovirtmgmt', 'eth0')) },
  },
  {
    name: 'a bond with its network, broken onto its nics',
    forth: {
      modified_bonds: bond('bond2', '2', ['eth1', 'eth2', 'eth3']),
      modified_network_attachments: attachments(attach('k2', 'bond2'), attach('kflat', 'eth4', address('203.0.113.9'))),
    },
    back: {
      removed_bonds: { host_nic: [{ name: 'bond2' }] },
      removed_network_attachments: attachments({ network: { name: 'k2' } }, { network: { name: 'kflat' } }),
    },
  },
];

export function killSweepSuite(system: () => System): void {
  describe('kill sweep', () => {
    let kills = 0;
    test('networks of the sweep are made', async () => {
      for (const [i, name] of ['k1', 'k2', 'k3'].entries()) await makeNetwork(system(), name, { vlan: 301 + i });
      await makeNetwork(system(), 'kbig', { vlan: 310, mtu: 4000 });
      await makeNetwork(system(), 'kflat', { vm: false });
    });
    for (const [at, { name, forth, back }] of pairs.entries()) {
      for (const [direction, act, undo] of [
        ['made', forth, back],
        ['taken back', back, forth],
      ] as const) {
        test(`${name}: ${direction}`, async (t) => {
          const host = await viewHost(system(), 'host2');
          const { points, done } = await sweep(system(), host, act, undo, at);
          kills += done;
          t.diagnostic(`${done} kills at ${points} points`);
        });
      }
    }
    test('how many kills there were', (t) => {
      const what =
        everywhere.length > 0
          ? `${everywhere.join(', ')} at every point`
          : 'every third point, with another victim at each';
      t.diagnostic(`${kills} kills in ${pairs.length * 2} changes: ${what}`);
      assert.ok(kills >= pairs.length * 2 * 3, `only ${kills} kills`);
    });
  });
}

/** Which victim dies at a point; in the part one at every third point, which is another one in every change. */
function victimsAt(index: number, change: number): readonly Victim[] {
  if (everywhere.length > 0) return everywhere;
  const turn = index + change;
  return turn % 3 === 0 ? [victims[(turn / 3) % victims.length] ?? 'agent'] : [];
}

/** Leaves the host in the new state. @param number of the change */
async function sweep(
  system: System,
  host: HostView,
  act: object,
  undo: object,
  number: number,
): Promise<{ points: number; done: number }> {
  const before = await kernelText(host);
  await system.lab.writeFile('host2', `${state}/kill-at`, 'count');
  await change(system, host, act);
  const after = await kernelText(host);
  assert.notEqual(after, before, 'the change changes nothing');
  const names = JSON.parse(await system.lab.readFile('host2', `${state}/kill-points`)) as string[];
  await change(system, host, undo);
  assert.equal(await kernelText(host), before, 'undoing does not lead back');
  let done = 0;
  for (const [i, point] of names.entries()) {
    for (const victim of victimsAt(i, number)) {
      await host.exec('rm', '-f', `${state}/killed-at`);
      await system.lab.writeFile('host2', `${state}/kill-at`, `${i + 1} ${order[victim]}`);
      const answer = host.request('POST', '/setupnetworks', { ...lasting(act), connectivity_timeout: 20 });
      if (victim === 'power') await cutPower(system, host);
      const reply = await answer;
      const where = `${victim} killed at ${point}: ${reply.text}\n${system.said.slice(-15).join('\n')}`;
      assert.ok([200, 502, 504].includes(reply.status), where);
      await settled(system, host);
      assert.equal((await system.lab.readFile('host2', `${state}/killed-at`)).trim(), point);
      const now = await kernelText(host);
      if (now !== after) assert.equal(now, before, where);
      if (reply.status === 200) assert.equal(now, after, where);
      await reachable(system, host);
      await truthful(host, where);
      if (now === after) await change(system, host, undo);
      done += 1;
    }
  }
  await change(system, host, act);
  return { points: names.length, done };
}

/** As soon as the agent has stopped at its point. */
async function cutPower({ lab }: System, host: HostView): Promise<void> {
  const stopped = `for i in $(seq 600); do [ -e ${state}/killed-at ] && exit 0; sleep 0.05; done; ls ${state}; exit 1`;
  await host.exec('sh', '-c', stopped);
  await lab.reboot('host2');
}

/** What is kept is kept for the next boot, too: a host that loses its power goes back to that. */
const lasting = (body: object): object => ({ ...body, commit_on_success: true });

async function change(system: System, host: HostView, body: object): Promise<void> {
  const reply = await host.request('POST', '/setupnetworks', { ...lasting(body), connectivity_timeout: 20 });
  assert.equal(reply.status, 200, `${reply.text}\n${system.said.slice(-15).join('\n')}`);
}

/** The agent is back and nothing is under way. */
async function settled({ engine }: System, host: HostView): Promise<void> {
  await until(
    'the host is settled',
    async () =>
      engine.engine.hosts.connected(host.id) && (await engine.engine.store.runningTask(host.id)) === undefined,
    60_000,
  );
  const refreshed = await host.request('POST', '/refresh', '<action/>');
  assert.equal(refreshed.status, 200, refreshed.text);
}

async function reachable({ lab }: System, host: HostView): Promise<void> {
  const { status, stdout, stderr } = await lab.exec('switch', ['ping', '-c1', '-W5', '192.168.100.12']);
  assert.equal(status, 0, `${host.name} is not reachable: ${stdout}${stderr}`);
}

/** What the engine wishes and what the kernel has are the same. */
async function truthful(host: HostView, where: string): Promise<void> {
  const list = await host.request('GET', '/networkattachments');
  assert.doesNotMatch(list.text, /<in_sync>false/, `${where}\n${list.text}`);
  const links = await host.links();
  const nics = await host.nicIds();
  for (const name of ['bond0', 'bond2']) assert.equal(nics.has(name), links.has(name), `${name}: ${where}`);
}
