/** Differences, events and repairs on a host that is a table: what another hand does, and what is made of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, KernelOp, LinkReport, RepairClass } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { bond, ip4, network, TestHost } from '../plan/host-for-tests.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { driftOf } from './differences.ts';
import { eventsBetween } from './events.ts';
import { repairPlanner } from './repair.ts';

const config: HostConfig = {
  bonds: { bond0: bond(['eth2', 'eth3']) },
  networks: {
    red: network({ base: 'eth1', vlan: 10, ipv4: ip4('198.51.100.2', '198.51.100.1') }),
    blue: network({ base: 'bond0', vlan: 20 }),
    mgmt: network({ base: 'eth0', ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true }),
  },
};
const MANAGEMENT = '192.0.2.5';

function standing(): TestHost {
  const host = TestHost.managed();
  host.apply(config, MANAGEMENT);
  return host;
}

function words(state: KernelState): string[] {
  return driftOf(state, config).differences.map(
    ({ device, network: of, property, wanted, actual }) => `${of}/${device} ${property}: ${actual} not ${wanted}`,
  );
}

const ruleOf = (host: TestHost) => {
  const { protocol: _, ...rule } = host.world.rules.find(({ from }) => from !== null) ?? assert.fail();
  return rule;
};

test('HT-191 a rule that goes, an MTU and a port are told as they are and as they should be', () => {
  const host = standing();
  assert.deepEqual(driftOf(host.state, config), { state: 'in-sync', differences: [], missing: [] });
  const rule = ruleOf(host);
  host.run([{ kind: 'rule.del', ...rule }]);
  assert.deepEqual(words(host.state), [`red/red rule: null not from ${rule.from} lookup ${rule.table}`]);
  host.run([
    { kind: 'link.set', name: 'red', mtu: 1400 },
    { kind: 'link.set', name: 'bond0.20', master: null },
  ]);
  assert.deepEqual(words(host.state).slice(0, 2).sort(), [
    'blue/bond0.20 master: null not blue',
    'red/red mtu: 1400 not 1500',
  ]);
});

test('a manager that has taken a device back is told of, and nothing that a repair settles with it', () => {
  const host = TestHost.managed();
  host.world.managers = [{ name: 'NetworkManager', running: true, devices: [], claims: [] }];
  host.apply(config, MANAGEMENT);
  assert.equal(driftOf(host.state, config).state, 'in-sync');
  host.world.managers = host.world.managers.map((report) => ({ ...report, devices: ['eth1'] }));
  const { state, differences } = driftOf(host.state, config);
  assert.equal(state, 'drifted');
  assert.deepEqual(
    differences.map(({ device, property, wanted, actual }) => [device, property, wanted, actual]),
    [['eth1', 'manager', null, 'NetworkManager']],
  );
  const all: RepairClass[] = ['rules', 'routes', 'addresses', 'sysctls', 'qdiscs', 'ports', 'mtu'];
  const planner = repairPlanner({ forward: planFor, restore: planRestore }, new Set(all));
  const planned = planner.forward(host.state, config, MANAGEMENT);
  assert.deepEqual(planned.ok && planned.value.ops, []);
});

test('what another hand adds, takes or turns is a difference of its device and network', () => {
  const cases: [KernelOp[], string[]][] = [
    [[{ kind: 'link.set', name: 'red', up: false }], ['red/red up: off not on']],
    [[{ kind: 'link.set', name: 'bond0', alias: '' }], ['bond0/bond0 mark: null not patchbay:bond:bond0']],
    [[{ kind: 'bond.option', name: 'bond0', option: 'miimon', value: '50' }], ['bond0/bond0 bond.miimon: 50 not 100']],
    [
      [{ kind: 'bridge.option', name: 'blue', option: 'multicast_snooping', value: '0' }],
      ['blue/blue bridge.multicast_snooping: 0 not 1'],
    ],
    [
      [{ kind: 'sysctl.set', key: 'net/ipv4/conf/red/rp_filter', value: '1' }],
      ['red/red sysctl.ipv4/rp_filter: 1 not 2'],
    ],
    [[{ kind: 'sysctl.set', key: 'net/ipv6/conf/blue/disable_ipv6', value: '0' }], ['blue/blue ipv6: on not off']],
    [[address('add', 'red', '203.0.113.9')], ['red/red address: 203.0.113.9/24 not null']],
  ];
  for (const [ops, expected] of cases) {
    const host = standing();
    host.run(ops);
    const found = words(host.state).filter((one) => !one.includes('route'));
    assert.deepEqual(
      found.map((one) => one.replace(/,for=.*(?= not)|(?<=bond0),for=.*$/, '')),
      expected,
      JSON.stringify(ops),
    );
  }
});

test('what servers said, and what follows from it, is nobody’s doing; the rest on the same device is', () => {
  const leased = { method: 'dhcp' } as const;
  const asking = { bonds: {}, networks: { red: network({ base: 'eth1', ipv4: leased, defaultRoute: true }) } };
  const host = new TestHost();
  host.apply(asking);
  host.lease('red', '198.51.100.7/24', '198.51.100.1', ['198.51.100.53']);
  assert.ok(host.plan(asking).ops.length > 0);
  assert.equal(driftOf(host.state, asking).state, 'in-sync', 'it is still to be brought in');
  host.apply(asking);
  host.run([
    { kind: 'link.set', name: 'red', up: false },
    { kind: 'link.set', name: 'red', up: true },
  ]);
  assert.ok(host.plan(asking).ops.length > 0);
  assert.equal(driftOf(host.state, asking).state, 'in-sync', 'routes come back by themselves');
  host.run([{ kind: 'sysctl.set', key: 'net/ipv4/conf/red/rp_filter', value: '1' }]);
  host.run([{ kind: 'dhcp.stop', device: 'red', network: 'red', family: 4 }]);
  const { differences } = driftOf(host.state, asking);
  assert.deepEqual(differences.map(({ property }) => property).slice(0, 1), ['sysctl.ipv4/rp_filter']);
  assert.ok(differences.some(({ property, actual }) => property === 'dhcpv4' && actual === null));
});

test('name servers that another hand took from a program are told with their device', () => {
  const served = {
    bonds: {},
    networks: {
      red: network({ base: 'eth1', ipv4: ip4('198.51.100.2'), defaultRoute: true, nameservers: ['192.0.2.1'] }),
    },
  };
  const host = new TestHost();
  host.world.resolver = { manager: 'resolved', file: null, devices: {} };
  host.apply(served);
  assert.equal(driftOf(host.state, served).state, 'in-sync');
  host.run([{ kind: 'dns.set', device: 'red', nameservers: ['192.0.2.9'] }]);
  const { differences } = driftOf(host.state, served);
  assert.deepEqual(
    differences.map(({ device, property, wanted, actual }) => [device, property, wanted, actual]),
    [['red', 'nameservers', '192.0.2.1', '192.0.2.9']],
  );
});

test('a resolver’s file that stays behind is told', () => {
  const host = new TestHost();
  const file = { target: null, content: 'nameserver 192.0.2.1\n', mode: 0o644, uid: 0, gid: 0 };
  host.world.resolver = {
    manager: 'file',
    file,
    devices: {},
    original: { ...file, content: 'nameserver 192.0.2.9\n' },
  };
  const { differences } = driftOf(host.state, { bonds: {}, networks: {} });
  assert.deepEqual(
    differences.map(({ property, wanted, actual }) => [property, wanted, actual]),
    [['resolv.conf', 'file with 192.0.2.9', 'file with 192.0.2.1']],
  );
});

test('X22 a device that is gone is told as missing, with the network that it carried', () => {
  const host = standing();
  host.run([{ kind: 'link.del', name: 'bond0.20' }]);
  assert.deepEqual(words(host.state), ['blue/bond0.20 device: null not vlan']);
  const state = host.state;
  const gone = new Set(['eth1', 'eth1.10']);
  const unplugged = { ...state, links: state.links.filter(({ name }) => !gone.has(name)) };
  const drift = driftOf(unplugged, config);
  assert.deepEqual(drift.missing, ['eth1']);
  assert.ok(!drift.differences.some(({ device }) => device === 'red'), 'its bridge waits for it');
  assert.equal(driftOf(standingWithout('eth1'), config).state, 'missing-device');
});

test('where the config cannot be understood, nothing is said of the host', () => {
  const host = standing();
  const impossible = { ...config, networks: { x: network({ base: 'eth2', vlan: 10 }) } };
  assert.equal(driftOf(host.state, { ...impossible, bonds: config.bonds }).state, 'unknown');
});

test('events are what changed between two looks', () => {
  const host = standing();
  const before = { state: host.state, drift: driftOf(host.state, config) };
  const after = (change: (links: Map<string, LinkReport>, state: KernelState) => void) => {
    const state = host.state;
    change(new Map(state.links.map((link) => [link.name, link])), state);
    return eventsBetween(before, { state, drift: driftOf(state, config) }).map(
      ({ kind, device, network: of, before: one, after: other }) => `${kind} ${of}/${device}: ${one} > ${other}`,
    );
  };
  const set = (links: Map<string, LinkReport>, name: string, part: Partial<LinkReport>) => {
    Object.assign(links.get(name) ?? assert.fail(name), part);
  };
  assert.deepEqual(
    after(() => {}),
    [],
  );
  assert.deepEqual(
    after((links) => set(links, 'eth1', { carrier: false })),
    ['link.carrier null/eth1: up > down'],
  );
  assert.deepEqual(
    after((links) => set(links, 'eth1', { operState: 'DORMANT' })),
    ['link.oper null/eth1: UP > DORMANT'],
  );
  assert.deepEqual(
    after((links) => {
      const { bond: shown } = links.get('bond0') ?? {};
      set(links, 'bond0', { bond: { ...(shown ?? assert.fail()), activeSlave: 'eth3', partnerMac: '02:aa' } });
    }),
    ['bond.activeSlaveChanged bond0/bond0: null > eth3', 'lacp.partnerChanged bond0/bond0: null > 02:aa'],
  );
  assert.deepEqual(
    after((links) => set(links, 'eth2', { slave: { state: 'BACKUP', miiUp: false, aggregator: null } })),
    ['bond.slaveState bond0/eth2: up > down'],
  );
  const held = before.state.links.find(({ name }) => name === 'red')?.addresses[0] ?? assert.fail();
  assert.deepEqual(
    after((links) => set(links, 'red', { addresses: [{ ...held, address: '198.51.100.7' }] })).slice(0, 1),
    ['address.changed red/red: 198.51.100.2/24 > 198.51.100.7/24'],
  );
  assert.deepEqual(after((links) => set(links, 'red', { addresses: [] })).slice(0, 1), [
    'address.lost red/red: 198.51.100.2/24 > null',
  ]);
  const duplicate = { ...held, family: 6 as const, address: '2001:db8::9', prefix: 64, dadFailed: true };
  assert.deepEqual(after((links) => set(links, 'blue', { addresses: [duplicate] })).slice(0, 1), [
    'dad.failed blue/blue: null > 2001:db8::9/64',
  ]);
  assert.deepEqual(
    after((_, state) => {
      const route = state.routes.find(({ table, destination }) => table === 254 && destination === 'default');
      Object.assign(route ?? assert.fail(), { gateway: '192.0.2.99' });
    }).slice(0, 1),
    ['default-route.changed mgmt/mgmt: 192.0.2.1 dev mgmt > 192.0.2.99 dev mgmt'],
  );
});

test('another hand is told once for each device, with both sides, and so is the way back', () => {
  const host = standing();
  const seen = () => ({ state: host.state, drift: driftOf(host.state, config) });
  const before = seen();
  host.run([
    { kind: 'link.set', name: 'red', mtu: 1400 },
    { kind: 'bridge.option', name: 'red', option: 'multicast_snooping', value: '0' },
    { kind: 'link.del', name: 'bond0.20' },
  ]);
  const changed = seen();
  assert.deepEqual(eventsBetween(before, changed), [
    { kind: 'device.missing', device: 'bond0.20', network: 'blue', before: 'there', after: null },
    {
      kind: 'foreign.change',
      device: 'red',
      network: 'red',
      before: 'mtu 1500, bridge.multicast_snooping 1',
      after: 'mtu 1400, bridge.multicast_snooping 0',
    },
  ]);
  assert.deepEqual(eventsBetween(changed, changed), []);
  const back = eventsBetween(changed, before);
  assert.deepEqual(
    back.map(({ kind, device, after }) => [kind, device, after]),
    [
      ['device.back', 'bond0.20', 'there'],
      ['foreign.undone', 'red', 'mtu 1500, bridge.multicast_snooping 1'],
    ],
  );
});

test('a thousand things at once are not a thousand events', () => {
  const host = standing();
  const state = host.state;
  const link = state.links.find(({ name }) => name === 'eth5') ?? assert.fail();
  const links = (carrier: boolean) =>
    Array.from({ length: 1000 }, (_, at) => ({ ...link, name: `v${at}`, index: 100 + at, carrier }));
  const seen = (carrier: boolean) => ({ state: { ...state, links: links(carrier) }, drift: driftOf(state, config) });
  assert.equal(eventsBetween(seen(true), seen(false)).length, 200);
});

const planner = { forward: planFor, restore: planRestore };
const ALL: RepairClass[] = ['rules', 'routes', 'addresses', 'sysctls', 'qdiscs', 'ports', 'mtu'];

/** What a policy lets a repair do, and what differs after it. */
function repaired(host: TestHost, allowed: readonly RepairClass[]): { ops: KernelOp[]; left: string[] } {
  const plan = repairPlanner(planner, new Set(allowed)).forward(host.state, config, MANAGEMENT);
  assert.ok(plan.ok);
  const { ops } = plan.value;
  host.run(ops);
  const again = repairPlanner(planner, new Set(allowed)).forward(host.state, config, MANAGEMENT);
  assert.deepEqual(again.ok && again.value.ops, [], 'one repair is enough');
  return { ops, left: words(host.state) };
}

test('HT-191 a policy lets a repair bring back rules, ports and MTUs, each only where it is allowed', () => {
  const hand = (): TestHost => {
    const host = standing();
    host.run([
      { kind: 'rule.del', ...ruleOf(host) },
      { kind: 'link.set', name: 'blue', mtu: 1400 },
      { kind: 'link.set', name: 'eth1.10', master: null },
    ]);
    return host;
  };
  assert.equal(repaired(hand(), []).ops.length, 0);
  assert.deepEqual(repaired(hand(), ['rules']).left.sort(), [
    'blue/blue mtu: 1400 not 1500',
    'red/eth1.10 master: null not red',
  ]);
  assert.deepEqual(repaired(hand(), ['ports', 'rules']).left, ['blue/blue mtu: 1400 not 1500']);
  assert.deepEqual(repaired(hand(), ALL).left, []);
});

test('HT-195 a nic that comes back gets its VLAN device and its place under the bridge again, where that is allowed', () => {
  const host = standing();
  const nic = { ...host.link('eth1'), alias: null };
  host.run([{ kind: 'link.del', name: 'eth1.10' }]);
  host.world.drop(host.link('eth1'));
  assert.deepEqual(driftOf(host.state, config).missing, ['eth1']);
  assert.deepEqual(repaired(host, ALL).ops, [], 'nothing can be done while it is away');
  host.world.insert(nic);
  assert.ok(repaired(host, ['rules']).left.length > 0);
  assert.deepEqual(repaired(host, ALL).left, []);
  assert.equal(host.link('eth1.10').master, 'red');
});

test('what is foreign on a bond without its nics holds up no repair elsewhere', () => {
  const host = standing();
  host.run([
    { kind: 'link.add', name: 'bond0.99', type: 'vlan', mac: null, base: 'bond0', vlan: 99, options: {} },
    { kind: 'link.set', name: 'bond0.99', group: 0 },
  ]);
  for (const name of ['eth2', 'eth3']) {
    host.run([{ kind: 'link.set', name, master: null }]);
    host.world.drop(host.link(name));
  }
  assert.deepEqual(driftOf(host.state, config), {
    state: 'missing-device',
    differences: [],
    missing: ['eth2', 'eth3'],
  });
  const rule = ruleOf(host);
  host.run([{ kind: 'rule.del', ...rule }]);
  const { ops, left } = repaired(host, ALL);
  assert.deepEqual([ops, left], [[{ kind: 'rule.add', ...rule }], []]);
});

test('bonds are never repaired, nor anything but additions and settings on the way to the engine', () => {
  const host = standing();
  host.run([
    { kind: 'link.set', name: 'eth3', up: false },
    { kind: 'link.set', name: 'eth3', master: null },
    { kind: 'bond.option', name: 'bond0', option: 'miimon', value: '50' },
    { kind: 'link.set', name: 'mgmt', mtu: 1400 },
    { kind: 'link.set', name: 'eth0', mtu: 1400 },
  ]);
  const { ops } = repaired(host, ALL);
  assert.deepEqual(ops, []);
  host.run([{ kind: 'rule.del', ...ruleOf(host) }]);
  assert.deepEqual(
    repaired(host, ALL).ops.map(({ kind }) => kind),
    ['rule.add'],
  );
});

test('what somebody has put elsewhere is left there, and nothing else is put right meanwhile', () => {
  const host = standing();
  host.run([
    { kind: 'link.add', name: 'other', type: 'bridge', mac: null, base: null, vlan: null, options: {} },
    { kind: 'link.set', name: 'other', group: 0 },
    { kind: 'link.set', name: 'eth1.10', master: 'other' },
  ]);
  const plan = repairPlanner(planner, new Set(ALL)).forward(host.state, config, MANAGEMENT);
  assert.ok(!plan.ok);
  assert.match(plan.problem.message, /eth1\.10 is a port of other/, 'which is what the engine is told');
});

test('HT-100 routes and IPv6 addresses that went with a link come back', () => {
  const six = { method: 'static', address: '2001:db8::2', prefix: 64, gateway: '2001:db8::1' } as const;
  const dual = {
    bonds: {},
    networks: { red: network({ base: 'eth1', ipv4: ip4('198.51.100.2', '198.51.100.1'), ipv6: six }) },
  };
  const host = TestHost.managed();
  host.apply(dual, MANAGEMENT);
  const before = host.state;
  host.run([
    { kind: 'link.set', name: 'red', up: false },
    { kind: 'link.set', name: 'red', up: true },
  ]);
  assert.equal(driftOf(host.state, dual).state, 'drifted');
  const plan = repairPlanner(planner, new Set(['routes', 'addresses'])).forward(host.state, dual, MANAGEMENT);
  assert.ok(plan.ok);
  host.run(plan.value.ops);
  assert.equal(driftOf(host.state, dual).state, 'in-sync');
  assert.equal(host.state.routes.length, before.routes.length);
});

function address(what: 'add' | 'del', device: string, text: string): KernelOp {
  const common = { device, family: 4, address: text, prefix: 24 } as const;
  return what === 'add'
    ? { kind: 'addr.add', ...common, nodad: false, validFor: null }
    : { kind: 'addr.del', ...common };
}

/** The host as it stands without the nic and what is on it. */
function standingWithout(nic: string): KernelState {
  const { networks } = config;
  const rest = Object.fromEntries(Object.entries(networks).filter(([, { base }]) => base !== nic));
  const host = TestHost.managed();
  host.apply({ ...config, networks: rest }, MANAGEMENT);
  const state = host.state;
  return { ...state, links: state.links.filter(({ name }) => name !== nic) };
}
