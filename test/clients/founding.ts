/**
 * The founding operations S-01 to S-16, in the order in which every client does them, and what the kernel of `host1` must
 * show after each. Clients do them with these networks: `lease` (VLAN 10), `red` (VLAN 101), `blue` (VLAN 102), and
 * `storage`, which is no VM network and has no VLAN.
 */
import assert from 'node:assert/strict';
import { list } from '../acceptance/host.ts';
import type { KernelView } from '../acceptance/kernel-view.ts';
import { until } from '../lab/system.ts';
import type { Ground } from './ground.ts';

export interface FoundingStep {
  /** What another hand does to the kernel before, and the engine has seen when it resolves. */
  before?: (ground: Ground) => Promise<void>;
  /** @throws unless the kernel is as it shall be */
  after(kernel: KernelView, ground: Ground): Promise<void>;
}

export const founding: Readonly<Record<string, FoundingStep>> = {
  'S-01': {
    async after(kernel, { wired }) {
      const links = await kernel.links();
      assert.equal(links.get('eth1.10')?.master, 'lease');
      assert.equal(links.get('eth1.10')?.vlan, 10);
      const leased = async () => (await ipv4(kernel, 'lease')).some((address) => address.startsWith('10.0.10.'));
      if (wired) await until('lease has an address of VLAN 10', leased, 30_000);
    },
  },
  'S-03': {
    async after(kernel) {
      assert.deepEqual(await ipv4(kernel, 'lease'), ['10.0.10.15/24']);
      const from = (await kernel.rules()).map((rule) => rule.from);
      assert.ok(from.includes('10.0.10.0/24'), `replies leave by the network they came from; rules are from ${from}`);
    },
  },
  'S-05': {
    async before(ground) {
      await ground.kernel().byHand({ kind: 'link.set', name: 'lease', mtu: 1400 });
      await seen(ground);
    },
    async after(kernel) {
      assert.equal((await kernel.link('lease')).mtu, 1500);
    },
  },
  'S-02': {
    after: (kernel) => gone(kernel, 'lease', 'eth1.10'),
  },
  'S-04': {
    after: (kernel) => masters(kernel, { 'eth1.101': 'red', 'eth1.102': 'blue' }),
  },
  'S-09': {
    async after(kernel) {
      await masters(kernel, { 'eth2.101': 'red', 'eth1.102': 'blue' });
      await gone(kernel, 'eth1.101');
    },
  },
  'S-10': {
    async after(kernel) {
      await masters(kernel, { 'eth1.101': 'red', 'eth1.102': 'blue' });
      await gone(kernel, 'eth2.101');
    },
  },
  'S-06': {
    async after(kernel) {
      const { options, slaves } = await kernel.bond('bond1');
      assert.deepEqual([options['mode'], options['miimon'], slaves], ['1', '100', ['eth3', 'eth4']]);
    },
  },
  'S-08': {
    async after(kernel) {
      const { options, slaves } = await kernel.bond('bond1');
      assert.deepEqual([options['mode'], slaves], ['2', ['eth3', 'eth4', 'eth5']]);
    },
  },
  'S-16': {
    async after(kernel) {
      assert.deepEqual(await ipv4(kernel, 'bond1'), ['203.0.113.5/24']);
    },
  },
  'S-15': {
    async before(ground) {
      const address = { device: 'bond1', family: 4, address: '203.0.113.5', prefix: 24 } as const;
      await ground.kernel().byHand({ kind: 'addr.del', ...address });
      await seen(ground);
    },
    async after(kernel) {
      assert.deepEqual(await ipv4(kernel, 'bond1'), ['203.0.113.5/24']);
    },
  },
  'S-07': {
    async after(kernel) {
      await gone(kernel, 'bond1');
      for (const nic of ['eth3', 'eth4', 'eth5']) assert.equal((await kernel.link(nic)).master, null);
    },
  },
  'S-11': {
    async after(kernel) {
      assert.deepEqual((await kernel.bond('bond0')).slaves, ['eth1', 'eth2']);
      await masters(kernel, { 'bond0.101': 'red', 'bond0.102': 'blue' });
      await gone(kernel, 'eth1.101', 'eth1.102');
    },
  },
  'S-12': { after: apart },
  'S-13': { after: apart },
  'S-14': {
    after: (kernel) => gone(kernel, 'red', 'blue', 'eth1.101', 'eth2.102'),
  },
};

/** The bond is gone, and its networks are on what were its slaves. */
async function apart(kernel: KernelView): Promise<void> {
  await gone(kernel, 'bond0', 'bond0.101', 'bond0.102');
  await masters(kernel, { 'eth1.101': 'red', 'eth2.102': 'blue' });
}

async function gone(kernel: KernelView, ...names: string[]): Promise<void> {
  const links = await kernel.links();
  for (const name of names) assert.ok(!links.has(name), `${name} is still there`);
}

async function masters(kernel: KernelView, wanted: Readonly<Record<string, string>>): Promise<void> {
  const links = await kernel.links();
  const found = Object.keys(wanted).map((name) => [name, links.get(name)?.master]);
  assert.deepEqual(Object.fromEntries(found), wanted);
}

async function ipv4(kernel: KernelView, device: string): Promise<string[]> {
  return (await kernel.link(device)).addresses.filter((address) => !address.includes(':'));
}

/** The engine knows that a network of the host is not as it was wished. */
async function seen({ api, wired }: Ground): Promise<void> {
  const [host] = await list(api, '/hosts?search=name%3Dhost1', 'host');
  const path = `/hosts/${host?.id}`;
  // A host in memory tells what it was told to do, not what was done to it.
  if (!wired) await api.request('POST', `${path}/refresh`, {});
  const here = () => list(api, `${path}/networkattachments`, 'network_attachment');
  const differs = async () => (await here()).some((one) => one.in_sync === false);
  await until('the engine sees what another hand did', differs, 30_000);
}
