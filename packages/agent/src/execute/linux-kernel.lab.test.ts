/**
 * The planner on a real kernel. Runs on a lab host, as root, and uses eth1 to eth5, which nobody else may use meanwhile;
 * every test leaves them as it found them.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, before, describe, test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import {
  addressesOf,
  apply,
  batch,
  bond,
  defaultDevices,
  essence,
  has,
  ip,
  kernel,
  link,
  network,
  restore,
} from './real-kernel-for-tests.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;

describe('a real kernel', { skip: possible ? false : 'runs on a lab host', timeout: 300_000 }, () => {
  let start: KernelState;
  before(async () => {
    await batch(...[1, 2, 3, 4, 5].map((nic) => `link set eth${nic} up`));
    start = await kernel.observe();
  });
  afterEach(async () => {
    await kernel.execute(planRestore(await kernel.observe(), start).ops);
  });

  test('bond, bridge and address come up, and go without a trace', async () => {
    const config: HostConfig = {
      bonds: { bond0: bond(['eth1', 'eth2'], { mode: '1', primary: 'eth2' }) },
      networks: {
        blue: network({
          base: 'bond0',
          ipv4: ip('198.51.100.5', '198.51.100.1'),
          bridgeOptions: { forward_delay: '400' },
        }),
      },
    };
    const { after } = await apply(config);
    const made = link(after, 'bond0');
    assert.deepEqual(made.bond?.slaves, ['eth1', 'eth2']);
    assert.equal(made.bond?.options['primary'], 'eth2');
    assert.equal(made.bond?.options['miimon'], '100');
    assert.equal(made.bond?.activeSlave, 'eth2');
    assert.equal(made.mac, link(start, 'eth1').mac);
    assert.equal(link(after, 'blue').mac, made.mac);
    assert.equal(link(after, 'blue').bridge?.options['forward_delay'], '400');
    assert.deepEqual(addressesOf(after, 'blue'), ['198.51.100.5']);
    assert.ok(made.ipv6Disabled && link(after, 'eth1').ipv6Disabled && link(after, 'blue').ipv6Disabled);
    const { after: gone } = await apply({ bonds: {}, networks: {} });
    assert.deepEqual(essence(gone), essence(start));
  });

  test('many VLANs are removed as one group, and others stay', async () => {
    const some = (from: number, to: number) =>
      Object.fromEntries(
        Array.from({ length: to - from }, (_, at) => [`v${from + at}`, network({ base: 'eth1', vlan: from + at })]),
      );
    await apply({ bonds: {}, networks: { ...some(100, 120), ...some(200, 203) } });
    const { ops, after } = await apply({ bonds: {}, networks: some(200, 203) });
    assert.equal(ops.filter(({ kind }) => kind === 'link.del').length, 0);
    assert.equal(ops.filter(({ kind }) => kind === 'link.del-group').length, 1);
    assert.equal(after.links.filter(({ kind }) => kind === 'vlan').length, 3);
    await restore(start);
  });

  test('the management network moves from nic to bridge to bond and back', async () => {
    await batch('addr add 203.0.113.5/24 dev eth1', 'route add default via 203.0.113.1 dev eth1 metric 5 proto static');
    const snapshot = await kernel.observe();
    const address = { ipv4: ip('203.0.113.5', '203.0.113.1') };
    const steps: [HostConfig, string][] = [
      [{ bonds: {}, networks: { mgmt: network({ base: 'eth1', bridged: false, ...address }) } }, 'eth1'],
      [{ bonds: {}, networks: { mgmt: network({ base: 'eth1', ...address }) } }, 'mgmt'],
      [
        { bonds: { bond0: bond(['eth1', 'eth2']) }, networks: { mgmt: network({ base: 'bond0', ...address }) } },
        'mgmt',
      ],
      [
        {
          bonds: { bond0: bond(['eth1', 'eth2']) },
          networks: { mgmt: network({ base: 'bond0', vlan: 7, ...address }) },
        },
        'mgmt',
      ],
      [
        {
          bonds: { bond0: bond(['eth1', 'eth2'], { mode: '4' }) },
          networks: { mgmt: network({ base: 'bond0', bridged: false, ...address }) },
        },
        'bond0',
      ],
      [{ bonds: {}, networks: { mgmt: network({ base: 'eth2', bridged: false, ...address }) } }, 'eth2'],
    ];
    const mac = link(start, 'eth1').mac;
    for (const [config, device] of steps) {
      const { after, ops } = await apply(config, '203.0.113.5');
      assert.ok(has(after, device, '203.0.113.5'));
      assert.equal(after.links.filter(({ name }) => has(after, name, '203.0.113.5')).length, 1);
      if (device !== 'eth2') assert.equal(link(after, device).mac, mac);
      const rules = after.rules.filter(({ protocol }) => protocol === '199');
      assert.deepEqual(
        rules.map(({ from, to }) => from ?? to),
        ['203.0.113.0/24', '203.0.113.0/24'],
      );
      const table = after.routes.filter((route) => route.table === rules[0]?.table);
      assert.deepEqual(
        table.map((route) => route.device),
        [device, device],
        JSON.stringify(ops),
      );
    }
    await restore(snapshot);
    assert.deepEqual(
      defaultDevices(await kernel.observe()).filter((name) => name === 'eth1'),
      ['eth1'],
    );
    await batch('addr del 203.0.113.5/24 dev eth1');
  });

  test('MTU grows and shrinks along the chain, and IPv6 stays off below and above 1280', async () => {
    const config = (mtu: number, other: number): HostConfig => ({
      bonds: { bond0: bond(['eth1', 'eth2']) },
      networks: {
        a: network({ base: 'bond0', vlan: 10, mtu }),
        b: network({ base: 'bond0', vlan: 11, mtu: other, bridged: false }),
        c: network({ base: 'bond0', mtu: other }),
      },
    });
    for (const [mtu, other] of [
      [1500, 1500],
      [9000, 1500],
      [2000, 4000],
      [1000, 1100],
      [1500, 1400],
    ] as const) {
      const { after } = await apply(config(mtu, other));
      const most = Math.max(mtu, other);
      for (const [name, wanted] of [
        ['eth1', most],
        ['bond0', most],
        ['bond0.10', mtu],
        ['a', mtu],
        ['bond0.11', other],
        ['c', other],
      ] as const) {
        assert.equal(link(after, name).mtu, wanted, name);
        assert.ok(link(after, name).ipv6Disabled, name);
      }
    }
    await restore(start);
  });

  test('a bond changes its mode under a VLAN with addresses, which survives', async () => {
    const config = (options: Record<string, string>): HostConfig => ({
      bonds: { bond0: bond(['eth1', 'eth2'], options) },
      networks: {
        red: network({
          base: 'bond0',
          vlan: 10,
          bridged: false,
          ipv4: ip('198.51.100.5', '198.51.100.1'),
          ipv6: { method: 'static', address: '2001:db8:5::5', prefix: 64, gateway: '2001:db8:5::1' },
        }),
      },
    });
    const first = await apply(config({ mode: '1' }));
    const index = link(first.after, 'bond0.10').index;
    const options: Record<string, string>[] = [
      { mode: '4', lacp_rate: 'fast', xmit_hash_policy: 'layer3+4' },
      { mode: '4', lacp_rate: 'slow', ad_select: 'bandwidth' },
      { mode: 'active-backup', arp_interval: '500', arp_ip_target: '198.51.100.1,198.51.100.2', arp_validate: 'all' },
      { mode: '1', arp_interval: '500', arp_ip_target: '198.51.100.3' },
      { mode: '1', miimon: '50', updelay: '100', downdelay: '50' },
      { mode: '1', primary: 'eth1', fail_over_mac: '1' },
      { mode: '1' },
      { mode: '0', packets_per_slave: '3' },
      { mode: '6', tlb_dynamic_lb: '0' },
      { mode: '2' },
      { mode: '3' },
    ];
    for (const one of options) {
      const { after } = await apply(config(one));
      assert.equal(link(after, 'bond0.10').index, index);
      assert.deepEqual(addressesOf(after, 'bond0.10').sort(), ['198.51.100.5', '2001:db8:5::5']);
      assert.equal(
        after.routes.filter(({ device, protocol }) => device === 'bond0.10' && protocol === '199').length,
        4,
      );
    }
    await restore(start);
  });

  test('slaves are added, swapped between bonds, and become networks of their own', async () => {
    const mac = link(start, 'eth1').mac;
    await apply({
      bonds: { bond0: bond(['eth1', 'eth2']), bond1: bond(['eth3', 'eth4']) },
      networks: { a: network({ base: 'bond0' }) },
    });
    const swapped = await apply({
      bonds: { bond0: bond(['eth1', 'eth3']), bond1: bond(['eth2', 'eth4']) },
      networks: { a: network({ base: 'bond0' }) },
    });
    assert.equal(link(swapped.after, 'bond0').mac, mac);
    await apply({
      bonds: { bond0: bond(['eth3', 'eth5']) },
      networks: { a: network({ base: 'bond0' }), b: network({ base: 'eth2' }) },
    });
    const moved = await apply({
      bonds: {},
      networks: { a: network({ base: 'eth1', vlan: 0 }), b: network({ base: 'eth1', bridged: false }) },
    });
    assert.equal(link(moved.after, 'eth1').mac, mac);
    assert.equal(link(moved.after, 'a').mac, mac);
    await restore(start);
  });

  test('an address changes within its subnet without losing the routes', async () => {
    const config = (address: string): HostConfig => ({
      bonds: {},
      networks: { a: network({ base: 'eth1', ipv4: ip(address, '198.51.100.1') }) },
    });
    await apply(config('198.51.100.5'));
    const { after, ops } = await apply(config('198.51.100.6'));
    assert.deepEqual(addressesOf(after, 'a'), ['198.51.100.6']);
    assert.deepEqual(
      ops.map(({ kind }) => kind),
      ['addr.add', 'addr.del'],
    );
    await restore(start);
  });

  test('from any point of a plan the snapshot comes back', async () => {
    await batch('addr add 203.0.113.5/24 dev eth1', 'addr add 2001:db8:9::5/64 dev eth1 nodad');
    await batch(
      'route add default via 203.0.113.1 dev eth1 metric 7',
      'route add 192.0.2.0/25 via 203.0.113.9 src 203.0.113.5',
    );
    await apply({
      bonds: { bond1: bond(['eth3', 'eth4']) },
      networks: { keep: network({ base: 'bond1', vlan: 5, mtu: 2000 }) },
    });
    const snapshot = await kernel.observe();
    const config: HostConfig = {
      bonds: { bond0: bond(['eth1', 'eth3'], { mode: '4' }), bond1: bond(['eth4', 'eth2'], { mode: '0' }) },
      networks: {
        mgmt: network({ base: 'bond0', ipv4: ip('203.0.113.5', '203.0.113.1') }),
        keep: network({ base: 'bond1', vlan: 6, mtu: 1400, stp: true }),
        tag: network({ base: 'bond0', vlan: 9, bridged: false, mtu: 9000, ipv4: ip('198.51.100.5') }),
      },
    };
    const plan = planFor(snapshot, config, '203.0.113.5');
    assert.ok(plan.ok);
    const { ops } = plan.value;
    for (let point = 1; point <= ops.length; point += point < ops.length - 3 ? 4 : 1) {
      const execution = await kernel.execute(ops.slice(0, point));
      assert.ok(execution.ok, JSON.stringify(execution));
      await restore(snapshot);
    }
    await apply({ bonds: {}, networks: {} });
    await batch('addr flush dev eth1 scope global');
  });

  test('a refusal names the operation, and what is gone already is no reason to stop', async () => {
    const del = (name: string): KernelOp => ({ kind: 'link.del', name });
    const add: KernelOp = {
      kind: 'link.add',
      name: 'dup',
      type: 'bridge',
      mac: null,
      base: null,
      vlan: null,
      options: {},
    };
    const refused = await kernel.execute([del('nothing'), add, del('nothing'), add, del('dup')]);
    assert.deepEqual(refused, { ok: false, failed: add, message: 'File exists' });
    assert.ok((await kernel.execute([del('dup'), del('dup')])).ok);
    const injected = await kernel.execute([{ ...add, name: 'x type dummy' }]);
    assert.equal(injected.ok, false);
  });

  test('an execution ends where somebody says stop', async () => {
    const sysctl: KernelOp = { kind: 'sysctl.set', key: 'net/ipv4/conf/eth1/rp_filter', value: '0' };
    const add: KernelOp = {
      kind: 'link.add',
      name: 'late',
      type: 'bridge',
      mac: null,
      base: null,
      vlan: null,
      options: {},
    };
    let runs = 0;
    const stop = async () => {
      if (++runs === 2) throw new Error('stop');
    };
    await assert.rejects(kernel.execute([sysctl, add], stop), /stop/);
    assert.ok(!(await kernel.observe()).links.some(({ name }) => name === 'late'));
  });

  test('a port without carrier that is to forward at once does so as soon as it has it', async () => {
    await batch('link add span type bridge stp_state 1', 'link set span up', 'link set eth5 down');
    await batch('link set eth5 master span', 'link set span type bridge stp_state 0');
    const forwarding = (): boolean => readFileSync('/sys/class/net/eth5/brport/state', 'utf8').trim() === '3';
    try {
      assert.deepEqual(await kernel.execute([{ kind: 'port.forward', name: 'eth5' }]), { ok: true });
      assert.ok(!forwarding());
      await batch('link set eth5 up');
      while (!forwarding()) await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      await batch('link del span');
    }
  });
});
