import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import { bond, ip4, network, TestHost, words } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';
import { presentPart } from './present-part.ts';
import { touchedPart } from './touched-part.ts';

const empty: HostConfig = { bonds: {}, networks: {} };
const mgmt = { ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true };

describe('the way to a config', () => {
  test('a first bridge on the management nic: made ready, then moved in one piece', () => {
    const host = TestHost.managed();
    const plan = host.apply({ bonds: {}, networks: { mgmt: network({ base: 'eth0', ...mgmt }) } }, 'eth0');
    const steps = words(plan.ops);
    const move = steps.slice(steps.indexOf('link.set mgmt up=true'));
    assert.deepEqual(move.slice(0, 4), [
      'link.set mgmt up=true',
      'link.set eth0 master=mgmt',
      'addr.add mgmt address=192.0.2.5',
      'addr.del eth0 address=192.0.2.5',
    ]);
    assert.ok(move.slice(4, 7).every((step) => step.startsWith('route.replace mgmt')));
    assert.equal(host.link('mgmt').mac, '02:00:00:00:00:00');
    assert.ok(plan.touchesManagement && plan.expectedOutage > 0);
    assert.equal(plan.ops.at(-1)?.kind, 'neighbour.announce');
  });

  test('into a bond: the other nic first, then the address, and the nic that carried it last', () => {
    const host = TestHost.managed();
    const config = {
      bonds: { bond0: bond(['eth0', 'eth1']) },
      networks: { mgmt: network({ base: 'bond0', ...mgmt }) },
    };
    const steps = words(host.apply(config, 'eth0').ops);
    const order = [
      // Before it has a carrier and is a port: its carrier is there for all at once, and nothing that is sent into the bridge is lost.
      'link.set bond0 up=true',
      'link.set eth1 master=bond0',
      'link.set bond0 master=mgmt',
      'addr.add mgmt address=192.0.2.5',
      'link.set eth0 master=bond0',
    ];
    const places = order.map((step) => steps.indexOf(step));
    assert.ok(!places.includes(-1), steps.join('\n'));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.equal(host.link('bond0').mac, '02:00:00:00:00:00');
  });

  test('out of a bond: the nic that will carry the address last, so that the bond is heard by it before', () => {
    const host = TestHost.managed();
    const at = (base: string, bonds: HostConfig['bonds']) => ({
      bonds,
      networks: { mgmt: network({ base, bridged: false, ...mgmt }) },
    });
    host.apply(at('bond0', { bond0: bond(['eth0', 'eth1']) }), '192.0.2.5');
    const steps = words(host.apply(at('eth0', {}), '192.0.2.5').ops);
    const order = ['link.set eth1 master=null', 'link.set eth0 master=null', 'addr.add eth0 address=192.0.2.5'];
    const places = order.map((step) => steps.indexOf(step));
    assert.ok(!places.includes(-1), steps.join('\n'));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });

  test('what keeps its address and gets other nics is announced, because switches know the way to the old ones', () => {
    const host = TestHost.managed();
    const on = (base: string, bonds: HostConfig['bonds'] = {}): string[] =>
      words(host.apply({ bonds, networks: { mgmt: network({ base, ...mgmt }) } }, '192.0.2.5').ops);
    const announced = 'neighbour.announce mgmt address=192.0.2.5';
    on('eth0');
    const onto = on('bond0', { bond0: bond(['eth0', 'eth1']) });
    assert.ok(onto.indexOf(announced) < onto.indexOf('link.set eth0 master=bond0'), onto.join('\n'));
    assert.equal(onto.at(-1), announced);
    assert.ok(!on('bond0', { bond0: bond(['eth0', 'eth1'], { mode: '1', miimon: '200' }) }).includes(announced));
    assert.ok(on('eth0').includes(announced));
  });

  test('a bridge that changes its port never has both, and keeps its foreign ports', () => {
    const host = TestHost.managed();
    host.apply({ bonds: {}, networks: { mgmt: network({ base: 'eth0', ...mgmt }) } });
    host.run([{ kind: 'link.set', name: 'eth5', master: 'mgmt' }]);
    const { index } = host.link('mgmt');
    const steps = words(host.apply({ bonds: {}, networks: { mgmt: network({ base: 'eth1', ...mgmt }) } }, 'mgmt').ops);
    assert.ok(steps.indexOf('link.set eth0 master=null') < steps.indexOf('link.set eth1 master=mgmt'));
    assert.equal(host.link('eth5').master, 'mgmt');
    assert.equal(host.link('mgmt').index, index);
    assert.equal(host.problem(empty), 'ERR_BAD_BRIDGE');
  });

  test('a bridge of another hand on a tagged bond becomes the network of its name, and keeps address and foreign ports', () => {
    const host = new TestHost();
    const made = { mac: null, options: {} };
    const way = { family: 4, device: 'br0' } as const;
    host.run([
      { kind: 'link.add', name: 'bond0', type: 'bond', base: null, vlan: null, ...made },
      ...['eth0', 'eth1'].flatMap((name) => [
        { kind: 'link.set', name, up: false } as const,
        { kind: 'link.set', name, master: 'bond0', up: true } as const,
      ]),
      { kind: 'link.set', name: 'bond0', group: 0, up: true },
      { kind: 'link.add', name: 'bond0.100', type: 'vlan', ...made, base: 'bond0', vlan: 100 },
      { kind: 'link.add', name: 'br0', type: 'bridge', base: null, vlan: null, ...made },
      { kind: 'link.set', name: 'bond0.100', group: 0, master: 'br0', up: true },
      { kind: 'link.set', name: 'br0', group: 0, up: true },
      { kind: 'link.set', name: 'eth5', master: 'br0' },
      { kind: 'addr.add', ...way, address: '192.0.2.5', prefix: 24, nodad: true, validFor: null },
      { kind: 'route.replace', ...way, table: 254, destination: 'default', gateway: '192.0.2.1', metric: null },
    ]);
    const br0 = network({ base: 'bond0', vlan: 100, ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true });
    const { ops } = host.apply({ bonds: { bond0: bond(['eth0', 'eth1'], { mode: '0' }) }, networks: { br0 } }, 'br0');
    assert.match(host.link('br0').alias ?? '', /^patchbay:bridge:br0\b/);
    for (const op of ops) {
      assert.ok(!op.kind.startsWith('addr.') && op.kind !== 'link.del', JSON.stringify(op));
      assert.ok(op.kind !== 'link.set' || (op.master === undefined && op.up !== false), JSON.stringify(op));
    }
    assert.equal(host.link('eth5').master, 'br0');
  });

  test('what does not touch the management path has no step on it', () => {
    const host = TestHost.managed();
    host.apply({ bonds: {}, networks: { mgmt: network({ base: 'eth0', ...mgmt }) } });
    const plan = host.plan(
      {
        bonds: { bond0: bond(['eth1', 'eth2']) },
        networks: {
          mgmt: network({ base: 'eth0', ...mgmt }),
          blue: network({ base: 'bond0', vlan: 5 }),
          red: network({ base: 'eth0', vlan: 6 }),
        },
      },
      '192.0.2.5',
    );
    assert.equal(plan.touchesManagement, false);
    assert.equal(plan.expectedOutage, 0);
    assert.ok(
      plan.ops.every((op) => !('name' in op) || (op.name !== 'eth0' && op.name !== 'mgmt')),
      words(plan.ops).join('\n'),
    );
  });

  test('nothing set twice: the same config again is no plan', () => {
    const host = TestHost.managed();
    const config: HostConfig = {
      bonds: { bond0: bond(['eth1', 'eth2'], { mode: '802.3ad', lacp_rate: '1', xmit_hash_policy: '1' }) },
      networks: {
        v6: network({
          base: 'eth3',
          bridged: false,
          ipv6: { method: 'static', address: '2001:0db8:0:0::0005', prefix: 64, gateway: '2001:db8::1' },
        }),
        blue: network({ base: 'bond0', vlan: 0, bridgeOptions: { group_fwd_mask: '16384' } }),
        alone: network({}),
      },
    };
    host.apply(config);
    assert.deepEqual(
      host.link('eth3').addresses.map(({ address }) => address),
      ['2001:db8::5'],
    );
  });

  test('MTU: the base has the largest, foreign VLANs count, and a freed nic gets its own back', () => {
    const host = new TestHost();
    host.run([
      { kind: 'link.set', name: 'eth1', mtu: 4000 },
      { kind: 'link.add', name: 'other', type: 'vlan', mac: null, base: 'eth1', vlan: 77, options: {} },
      { kind: 'link.set', name: 'other', group: 0, mtu: 3000 },
    ]);
    host.apply({
      bonds: {},
      networks: { a: network({ base: 'eth1', vlan: 1, mtu: 2000 }), b: network({ base: 'eth1', vlan: 2 }) },
    });
    assert.equal(host.link('eth1').mtu, 3000);
    host.apply(empty);
    assert.equal(host.link('eth1').mtu, 4000);
    assert.equal(host.link('other').mtu, 3000);
    assert.equal(host.link('eth1').alias, null);
  });

  test('IPv6 stays off on a bridge whose port was too small for it for a moment', () => {
    const host = new TestHost();
    const bonds = (...slaves: string[]) => ({ bond0: bond(slaves) });
    const small = network({ base: 'bond0', bridged: false, mtu: 1000 });
    host.apply({ bonds: bonds('eth2'), networks: { small, red: network({ base: 'eth1', vlan: 7 }) } });
    host.apply({ bonds: bonds('eth1', 'eth2'), networks: { small, red: network({ base: 'eth0', vlan: 7 }) } });
    assert.deepEqual([host.link('red').mtu, host.link('red').ipv6Disabled], [1500, true]);
  });

  test('a bridge keeps its MTU when it moves from a bond that becomes wide to another one', () => {
    const host = new TestHost();
    const bonds = { bond0: bond(['eth1']), bond1: bond(['eth2']) };
    const wide = (base: string, vlan: number) => network({ base, vlan, bridged: false, mtu: 9000 });
    host.apply({ bonds, networks: { red: network({ base: 'bond0' }), b: wide('bond1', 8) } });
    host.apply({ bonds, networks: { red: network({ base: 'bond1' }), a: wide('bond0', 7), b: wide('bond1', 8) } });
    assert.deepEqual(
      ['red', 'bond0', 'bond1'].map((name) => host.link(name).mtu),
      [1500, 9000, 9000],
    );
  });

  test('a tagged network leaves the addresses of its base alone, an untagged one takes them away', () => {
    const host = TestHost.managed();
    host.apply({ bonds: {}, networks: { a: network({ base: 'eth0', vlan: 1 }) } });
    assert.equal(host.link('eth0').addresses.length, 1);
    host.apply(empty);
    assert.equal(host.link('eth0').addresses.length, 1);
    host.apply({ bonds: {}, networks: { a: network({ base: 'eth0' }) } });
    assert.equal(host.link('eth0').addresses.length, 0);
  });

  test('a nic that only tagged networks are left on is as if there had never been others', () => {
    const tagged = network({ base: 'eth1', vlan: 7 });
    const host = new TestHost();
    host.apply({ bonds: {}, networks: { red: tagged } });
    const before = host.state;
    host.apply({ bonds: { bond0: bond(['eth1', 'eth2']) }, networks: { red: { ...tagged, base: 'bond0' } } });
    assert.equal(host.link('eth1').ipv6Disabled, true);
    host.apply({ bonds: {}, networks: { red: tagged, blue: network({ base: 'eth1' }) } });
    assert.equal(host.link('eth1').ipv6Disabled, true);
    host.apply({ bonds: {}, networks: { red: tagged } });
    const essence = (state: typeof before) => state.links.map(({ index: _, ...link }) => link);
    assert.deepEqual(essence(host.state), essence(before));
  });

  test('each gateway has its own table, kept while others come and go', () => {
    const host = new TestHost();
    const some = (...at: number[]): HostConfig => ({
      bonds: {},
      networks: Object.fromEntries(
        at.map((i) => [`n${i}`, network({ base: `eth${i}`, ipv4: ip4(`10.0.${i}.2`, `10.0.${i}.1`) })]),
      ),
    });
    const tables = () => new Map(host.world.rules.map(({ from, to, table }) => [from ?? to, table]));
    host.apply(some(1, 2, 3));
    assert.equal(new Set(tables().values()).size, 3);
    const before = tables();
    host.apply(some(2, 3, 4));
    assert.equal(tables().get('10.0.3.0/24'), before.get('10.0.3.0/24'));
    assert.equal(new Set(tables().values()).size, 3);
    assert.equal(
      host.world.routes.filter(({ destination, table }) => destination === 'default' && table === 254).length,
      0,
    );
  });

  test('a bond gives up the MAC of a nic that goes to work elsewhere, and only then', () => {
    const host = new TestHost();
    host.apply({ bonds: { bond0: bond(['eth1', 'eth2']) }, networks: {} });
    host.apply({ bonds: { bond0: bond(['eth2', 'eth3']) }, networks: {} });
    assert.equal(host.link('bond0').mac, '02:00:00:00:00:01');
    host.apply({ bonds: { bond0: bond(['eth2', 'eth3']) }, networks: { a: network({ base: 'eth1' }) } });
    assert.equal(host.link('bond0').mac, '02:00:00:00:00:02');
  });

  test('two bonds swap members one at a time, and neither is ever empty', () => {
    const host = new TestHost();
    const config = (a: string[], b: string[]): HostConfig => ({
      bonds: { bond0: bond(a), bond1: bond(b) },
      networks: {},
    });
    const steps: [string[], string[]][] = [
      [
        ['eth0', 'eth2'],
        ['eth1', 'eth3'],
      ],
      [['eth0'], ['eth1', 'eth2']],
      [['eth1'], ['eth0', 'eth2']],
    ];
    host.apply(config(['eth0', 'eth1'], ['eth2', 'eth3']));
    for (const [a, b] of steps) {
      for (const op of host.plan(config(a, b)).ops) {
        host.run([op]);
        for (const name of ['bond0', 'bond1']) assert.ok(host.world.ports(name).length > 0, `${name} is empty`);
      }
    }
  });

  test('a bond slides in between a bridge and its nic without a moment of two ways', () => {
    const host = TestHost.managed();
    host.apply({ bonds: {}, networks: { mgmt: network({ base: 'eth0', ...mgmt }) } });
    const config = {
      bonds: { bond0: bond(['eth0', 'eth1']) },
      networks: { mgmt: network({ base: 'bond0', ...mgmt }) },
    };
    for (const op of host.plan(config, 'mgmt').ops) {
      host.run([op]);
      assert.ok(host.world.ports('mgmt').length < 2, 'a loop through the switch');
    }
  });

  test('two networks of one subnet have a table each, and keep it', () => {
    const host = new TestHost();
    const one = (base: string, last: number) => network({ base, ipv4: ip4(`10.0.0.${last}`, '10.0.0.1') });
    host.apply({ bonds: {}, networks: { a: one('eth1', 2), b: one('eth2', 3) } });
    assert.equal(new Set(host.world.rules.map(({ table }) => table)).size, 2);
  });

  test('many removals are one, and a broken-off one takes nothing along later', () => {
    const host = new TestHost();
    const some = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, network({ base: 'eth1', vlan: i })]));
    host.apply({ bonds: {}, networks: some(20) });
    const all = host.plan(empty).ops.filter(({ kind }) => kind.startsWith('link.del'));
    assert.deepEqual(
      all.map(({ kind }) => kind),
      ['link.del-group'],
    );
    const { ops } = host.plan({ bonds: {}, networks: some(5) });
    host.run(
      ops.slice(
        0,
        ops.findIndex(({ kind }) => kind === 'link.del-group'),
      ),
    );
    host.apply({ bonds: {}, networks: some(20) });
    host.apply({ bonds: {}, networks: some(10) });
    assert.equal([...host.world.links.values()].filter(({ kind }) => kind === 'vlan').length, 10);
  });

  test('the host goes on to speak by the network’s own address, whatever others it has beside it', () => {
    const host = new TestHost();
    const moreAddresses = ['192.0.2.6/24', '198.51.100.6/25'];
    host.apply({ bonds: {}, networks: { a: network({ base: 'eth1', ipv4: ip4('192.0.2.5'), moreAddresses }) } });
    assert.deepEqual(
      host.link('a').addresses.map(({ address }) => address),
      ['192.0.2.5', '192.0.2.6', '198.51.100.6'],
    );
  });

  test('DHCP: the lease brings address, routes and name servers, and moves along with the network', () => {
    const host = new TestHost();
    const config = (base: string): HostConfig => ({
      bonds: {},
      networks: { a: network({ base, bridged: false, ipv4: { method: 'dhcp' }, defaultRoute: true }) },
    });
    assert.ok(host.apply(config('eth1')).ops.some(({ kind }) => kind === 'dhcp.start'));
    const lease = {
      state: 'bound',
      address: '192.0.2.77/24',
      gateway: '192.0.2.1',
      nameservers: ['192.0.2.54'],
    } as const;
    Object.assign(host.world.dhcp[0] ?? {}, lease);
    host.apply(config('eth1'));
    assert.deepEqual(host.world.nameservers, ['192.0.2.54']);
    assert.equal(host.world.rules.length, 2);
    host.apply(config('eth2'));
    assert.deepEqual(
      host.link('eth2').addresses.map(({ address }) => address),
      ['192.0.2.77'],
    );
    assert.deepEqual(
      host.world.dhcp.map(({ device }) => device),
      ['eth2'],
    );
    assert.ok(host.world.routes.some(({ device, destination }) => device === 'eth2' && destination === 'default'));
    Object.assign(host.world.dhcp[0] ?? {}, { ...lease, address: '192.0.2.88/24' });
    host.apply(config('eth2'));
    assert.deepEqual(
      host.link('eth2').addresses.map(({ address }) => address),
      ['192.0.2.88'],
    );
  });
});

describe('the way back', () => {
  test('foreign addresses and routes return with their protocol', () => {
    const host = TestHost.managed();
    const snapshot = host.state;
    host.apply({
      bonds: { bond0: bond(['eth0', 'eth1'], { mode: '4' }) },
      networks: { mgmt: network({ base: 'bond0', vlan: 3, ...mgmt }) },
    });
    host.run(planRestore(host.state, snapshot).ops);
    assert.deepEqual(planRestore(host.state, snapshot).ops, []);
    const route = host.world.routes.find(({ destination }) => destination === 'default');
    assert.deepEqual([route?.device, route?.protocol], ['eth0', 'boot']);
    assert.equal(host.world.get('bond0'), undefined);
  });

  test('a link-local address that somebody has set comes back, and leads to no other device that has the same', () => {
    const host = TestHost.managed();
    const gateway = { family: 6, address: 'fe80::1', prefix: 64, nodad: true, validFor: null } as const;
    host.run([
      { kind: 'sysctl.set', key: 'net/ipv6/conf/eth0/disable_ipv6', value: '0' },
      { kind: 'addr.add', device: 'eth0', ...gateway },
      { kind: 'addr.add', device: 'eth1', ...gateway },
    ]);
    const snapshot = host.state;
    host.apply({ bonds: {}, networks: { red: network({ base: 'eth1' }) } });
    assert.deepEqual(host.link('eth1').addresses, []);
    host.run(planRestore(host.state, snapshot).ops);
    assert.deepEqual(host.link('eth1').addresses, snapshot.links.find(({ name }) => name === 'eth1')?.addresses);
    assert.deepEqual(planRestore(host.state, snapshot).ops, []);
    for (const name of ['eth0', 'eth5']) host.run([{ kind: 'link.set', name, alias: 'lost' }]);
    // The way to the engine would come last.
    const { ops } = planRestore(host.state, snapshot, 'eth1');
    assert.deepEqual(words(ops), ['link.set eth0', 'link.set eth5']);
  });

  test('a route with several ways returns when all of them were taken', () => {
    const host = TestHost.managed();
    const hop = (at: number) => ({ gateway: `10.${at}.0.1`, device: `eth${at}`, weight: at });
    const address = { family: 4, prefix: 24, nodad: true, validFor: null } as const;
    const common = { family: 4, table: 254, destination: '10.9.0.0/16', metric: null, protocol: 'bird' } as const;
    host.run([
      { kind: 'addr.add', device: 'eth1', address: '10.1.0.2', ...address },
      { kind: 'addr.add', device: 'eth2', address: '10.2.0.2', ...address },
      {
        kind: 'route.replace',
        ...common,
        gateway: null,
        device: 'eth1',
        nexthops: [hop(1), hop(2)],
        metrics: { mtu: 1400 },
      },
    ]);
    const snapshot = host.state;
    const ours = ({ destination }: { destination: string }): boolean => destination === common.destination;
    const down = (at: number): KernelOp => ({ kind: 'link.set', name: `eth${at}`, up: false });
    host.run([down(1)]);
    assert.ok(host.state.routes.some(ours), 'one way is left');
    host.run([down(2)]);
    assert.equal(host.state.routes.find(ours), undefined);
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, [down(1), down(2)])).ops);
    assert.deepEqual(host.state.routes.find(ours), snapshot.routes.find(ours));
    assert.deepEqual(planRestore(host.state, snapshot).ops, []);
  });

  test('a nic that is gone is no reason not to go back', () => {
    const host = new TestHost();
    host.apply({ bonds: {}, networks: { a: network({ base: 'eth5', vlan: 5 }), b: network({ base: 'eth1' }) } });
    const snapshot = host.state;
    host.apply(empty);
    host.world.drop(host.link('eth5'));
    host.run(planRestore(host.state, snapshot).ops);
    assert.equal(host.link('eth1').master, 'b');
  });

  test('at boot, what a dead nic carried is left out, and its bond goes on with the others', () => {
    const config: HostConfig = {
      bonds: { bond0: bond(['eth1', 'eth9'], { mode: '1', primary: 'eth9' }), bond1: bond(['eth8']) },
      networks: {
        a: network({ base: 'bond0' }),
        b: network({ base: 'bond1' }),
        c: network({ base: 'eth7' }),
        d: network({}),
      },
    };
    const part = presentPart(new TestHost().state, config);
    assert.deepEqual(part.bonds, { bond0: bond(['eth1'], { mode: '1' }) });
    assert.deepEqual(Object.keys(part.networks), ['a', 'd']);
  });
});
