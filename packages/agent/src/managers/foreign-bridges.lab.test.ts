/** Bridges of containers and virtual machines. Runs on a lab host, as root, and uses eth1 to eth3. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import {
  addressesOf,
  apply,
  batch,
  bond,
  essence,
  ip,
  kernel,
  link,
  network,
} from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { eventsOf, until } from './lab-for-tests.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;

const bridges = { docker0: '172.17.0.1/16', virbr0: '192.168.122.1/24', cni0: '10.88.0.1/16' };
const foreign = ['docker0', 'virbr0', 'cni0', 'veth-d', 'veth-v', 'veth-c'];

describe('beside containers and virtual machines', { skip: possible ? false : 'runs on a lab host' }, () => {
  let start: KernelState;

  before(async () => {
    for (const [name, address] of Object.entries(bridges)) {
      const port = `veth-${name[0]}`;
      await batch(`link add ${name} type bridge`, `link add ${port} type veth peer name ${port}-in`);
      for (const one of [name, port, `${port}-in`]) {
        writeFileSync(`/proc/sys/net/ipv6/conf/${one}/disable_ipv6`, '1');
      }
      await batch(
        `link set ${port} master ${name} up`,
        `link set ${port}-in up`,
        `link set ${name} up`,
        `addr add ${address} dev ${name}`,
      );
    }
    await until('all have settled', async () =>
      (await kernel.observe()).links.every(({ name, operState }) => !foreign.includes(name) || operState === 'UP'),
    );
    await batch('route add 10.244.0.0/16 dev cni0 proto 80', 'rule add from 10.88.0.0/16 priority 500 lookup 500');
    start = await kernel.observe();
  });
  after(() => batch(...Object.keys(bridges).map((name) => `link del ${name}`), 'rule del priority 500'));

  test('HT-213 bridges of docker, libvirt and CNI and their ports are never touched', async () => {
    const config: HostConfig = {
      bonds: { bond0: bond(['eth2', 'eth3']) },
      networks: {
        red: network({ base: 'eth1', ipv4: ip('198.51.100.5', '198.51.100.1') }),
        blue: network({ base: 'bond0', vlan: 7 }),
      },
    };
    const events = await eventsOf(async () => {
      await apply(config);
      const { ops } = planRestore(await kernel.observe(), start);
      assert.deepEqual(await kernel.execute(ops), { ok: true });
      await apply(config);
      await apply({ bonds: {}, networks: {} });
    });
    assert.ok(events.length > 20, `${events.length} events`);
    assert.deepEqual(
      events.filter((line) => foreign.some((name) => line.includes(name))),
      [],
    );
    const now = await kernel.observe();
    const theirs = (state: KernelState) => ({
      ...state,
      links: state.links.filter(({ name }) => foreign.includes(name)),
      routes: state.routes.filter(({ device }) => foreign.includes(device ?? '')),
      rules: state.rules.filter(({ table }) => table === 500),
    });
    assert.deepEqual(essence(theirs(now)), essence(theirs(start)));
    assert.equal(link(now, 'docker0').alias, null);
  });

  test('HT-213 a network is not made of somebody else’s bridge, nor a nic taken out of one', async () => {
    const now = await kernel.observe();
    for (const name of Object.keys(bridges)) {
      const plan = planFor(now, { bonds: {}, networks: { [name]: network({ base: 'eth1' }) } });
      assert.ok(!plan.ok && plan.problem.code === 'ERR_BAD_BRIDGE', JSON.stringify(plan));
    }
    const port = planFor(now, { bonds: {}, networks: { red: network({ base: 'veth-d' }) } });
    assert.ok(!port.ok && port.problem.code === 'ERR_USED_NIC', JSON.stringify(port));
  });

  test('HT-011 a bridge in use becomes a network, with its address, its tagged port and what is plugged into it', async () => {
    const address = '203.0.113.5';
    await batch(
      'link add link eth1 name eth1.7 type vlan id 7',
      'link add br0 type bridge',
      'link add veth-x type veth peer name veth-x-in',
      'link set eth1.7 master br0 up',
      'link set veth-x master br0 up',
      'link set veth-x-in up',
      'link set br0 up',
      `addr add ${address}/24 dev br0`,
    );
    const before = link(await kernel.observe(), 'br0');
    const br0 = network({ base: 'eth1', vlan: 7, ipv4: ip(address, '203.0.113.1') });
    const events = await eventsOf(async () => {
      await apply({ bonds: {}, networks: { br0 } }, 'br0');
    });
    const now = await kernel.observe();
    assert.deepEqual([link(now, 'br0').index, addressesOf(now, 'br0')], [before.index, [address]]);
    assert.match(link(now, 'br0').alias ?? '', /^patchbay:bridge:br0/);
    for (const port of ['eth1.7', 'veth-x']) assert.equal(link(now, port).master, 'br0', port);
    const cut = events.filter((line) => /^Deleted (.*203\.0\.113|\d+: (br0|veth-x|eth1\.7)[@:])/.test(line));
    assert.deepEqual(cut, [], 'nothing of it was away for a moment');
    await batch('link del veth-x');
    await apply({ bonds: {}, networks: {} });
  });
});
