/** Bridges of containers and virtual machines. Runs on a lab host, as root, and uses eth1 to eth3. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { apply, batch, bond, essence, ip, kernel, link, network } from '../execute/real-kernel-for-tests.ts';
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
});
