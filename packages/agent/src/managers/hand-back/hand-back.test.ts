/** What a host is handed back with: in a kernel in memory, for every manager that can take it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, ManagerReport } from '@patchbay/protocol';
import { isOurRoute, isOurRule, readAlias } from '../../observe/ownership.ts';
import { bond, ip4, network, TestHost } from '../../plan/host-for-tests.ts';
import { planHandBack } from './plan-hand-back.ts';

const TAKERS = ['NetworkManager', 'systemd-networkd', 'ifupdown'] as const;

const config: HostConfig = {
  bonds: { bond0: bond(['eth1', 'eth2'], { mode: '4', lacp_rate: 'fast' }) },
  networks: {
    red: network({ base: 'bond0', vlan: 7, mtu: 1400, ipv4: ip4('198.51.100.5', '198.51.100.1'), defaultRoute: true }),
    plain: network({ base: 'bond0', vlan: 8, bridged: false }),
    old: network({ base: 'eth3', ipv4: ip4('203.0.113.5'), moreAddresses: ['203.0.113.6/25'] }),
  },
};

function hostWith(...names: ManagerReport['name'][]): TestHost {
  const host = new TestHost();
  host.world.managers = names.map((name) => ({ name, running: name !== 'ifupdown', devices: [], claims: [] }));
  return host;
}

function refusal(host: TestHost, running: HostConfig, manager: ManagerReport['name'] | null = null): string {
  const plan = planHandBack(host.state, running, { manager }, {});
  assert.ok(!plan.ok);
  assert.equal(plan.problem.code, 'ERR_HAND_BACK');
  return plan.problem.message;
}

for (const manager of TAKERS) {
  test(`HT-214 ${manager} is told of everything first; then nothing is ours, and all stands as it stood`, () => {
    const host = hostWith(manager);
    host.apply(config);
    const before = host.state;
    const plan = planHandBack(before, config, { manager: null }, {});
    assert.ok(plan.ok, JSON.stringify(plan));
    const [first, ...rest] = plan.value.ops;
    assert.ok(first?.kind === 'manager.hand-back' && first.manager === manager);
    const named = ['bond0', 'bond0.7', 'bond0.8', 'eth1', 'eth2', 'eth3', 'old', 'red'];
    assert.deepEqual(first.devices.map(({ name }) => name).sort(), named);
    assert.ok(rest.every((op) => op.kind !== 'link.del' && op.kind !== 'addr.del'));
    host.run(plan.value.ops);
    const { links, routes, rules, managers } = host.state;
    assert.ok(!links.some(({ alias }) => readAlias(alias) !== null));
    assert.ok(!routes.some(isOurRoute) && !rules.some(isOurRule));
    assert.deepEqual(managers?.[0]?.claims, []);
    assert.deepEqual(host.plan({ bonds: {}, networks: {} }).ops, [], 'nothing is left to take away');
    const shape = (all: typeof links) => all.map(({ alias: _, group: __, ...link }) => link);
    assert.deepEqual(shape(links), shape(before.links));
  });
}

test('each manager gets its own words for a bond, its VLAN, and the bridge on it', () => {
  const texts = (manager: (typeof TAKERS)[number]) => {
    const host = hostWith(manager);
    host.apply(config);
    const plan = planHandBack(host.state, config, { manager }, {});
    assert.ok(plan.ok && plan.value.ops[0]?.kind === 'manager.hand-back');
    return Object.fromEntries(plan.value.ops[0].files.map(({ path, text }) => [path, text]));
  };
  const nm = texts('NetworkManager');
  const profile = (name: string) => nm[`/etc/NetworkManager/system-connections/patchbay-${name}.nmconnection`] ?? '';
  assert.match(profile('bond0'), /^mode=802\.3ad$/m);
  assert.match(profile('bond0'), /^lacp_rate=fast$/m);
  assert.match(profile('bond0.7'), /^parent=bond0$/m);
  assert.match(profile('red'), /^address1=198\.51\.100\.5\/24$/m);
  assert.doesNotMatch(profile('red'), /^never-default/m);
  assert.match(profile('old'), /^address1=203\.0\.113\.5\/24\naddress2=203\.0\.113\.6\/25$/m);
  assert.match(profile('old'), /^never-default=true$/m);

  const networkd = texts('systemd-networkd');
  const unit = (name: string) => networkd[`/etc/systemd/network/05-patchbay-${name}`] ?? '';
  assert.match(unit('bond0.netdev'), /^Mode=802\.3ad$/m);
  assert.match(unit('bond0.7.netdev'), /^Id=7$/m);
  assert.match(unit('red.network'), /^Address=198\.51\.100\.5\/24$/m);
  // As long as this boot lasts, slaves are where they belong; the next one is to read which bond they have.
  const staying = (nic: string) => networkd[`/run/systemd/network/05-patchbay-${nic}.network.d/keep-master.conf`];
  assert.match(staying('eth2') ?? '', /^KeepMaster=yes$/m);
  assert.match(unit('eth2.network'), /^Bond=bond0$/m);
  assert.equal(staying('eth3'), undefined, 'ports of bridges stay up by themselves');

  const stanzas = texts('ifupdown')['/etc/network/interfaces.d/patchbay'] ?? '';
  const order = [...stanzas.matchAll(/^auto (.*)$/gm)].map(([, name]) => name);
  assert.deepEqual(order, ['eth1', 'eth2', 'eth3', 'bond0', 'bond0.7', 'bond0.8', 'red', 'old']);
  assert.match(stanzas, /ip link add link bond0 name bond0\.7 type vlan id 7/);
});

test('what no manager does is to be taken off first', () => {
  const host = hostWith('NetworkManager');
  const shaped: HostConfig = {
    bonds: {},
    networks: { red: network({ base: 'eth1', qos: { linkshare: 10, upperlimit: null, realtime: null } }) },
  };
  assert.match(refusal(host, shaped), /Network red is shaped/);
  const beside = network({ base: 'eth1', ipv4: { method: 'dhcp' }, moreAddresses: ['203.0.113.6/25'] });
  assert.match(
    refusal(host, { bonds: {}, networks: { red: beside } }),
    /red has addresses beside the one that is leased/,
  );
  const split: HostConfig = { bonds: {}, networks: {}, virtualFunctions: { eth0: 2 } };
  assert.match(refusal(host, split), /eth0 has virtual functions/);
});

test('ifupdown is not handed a lease that nobody would renew', () => {
  const host = hostWith('ifupdown');
  const leased: HostConfig = { bonds: {}, networks: { red: network({ base: 'eth1', ipv4: { method: 'dhcp' } }) } };
  assert.match(refusal(host, leased), /red has its address by DHCP/);
});

test('where nothing is ours, nothing is handed back, whoever is there', () => {
  const nothing: HostConfig = { bonds: {}, networks: {} };
  for (const host of [hostWith(), hostWith('NetworkManager', 'systemd-networkd')]) {
    const plan = planHandBack(host.state, nothing, { manager: null }, {});
    assert.ok(plan.ok && plan.value.ops.length === 0);
  }
  const left = hostWith('NetworkManager');
  left.apply(config);
  left.apply(nothing);
  const plan = planHandBack(left.state, nothing, { manager: null }, {});
  assert.equal(plan.ok && plan.value.ops[0]?.kind, 'manager.hand-back', 'nics that were claimed go back');
});

test('the one that runs is taken; where that leaves a choice, or none, it is said', () => {
  assert.match(refusal(hostWith(), config), /no NetworkManager, systemd-networkd or ifupdown/);
  assert.match(refusal(hostWith('cloud-init'), config), /no NetworkManager, systemd-networkd or ifupdown/);
  assert.match(refusal(hostWith('NetworkManager', 'systemd-networkd'), config), /say which one/);
  assert.match(refusal(hostWith('ifupdown'), config, 'NetworkManager'), /NetworkManager is not on this host.*ifupdown/);
  const both = hostWith('ifupdown', 'NetworkManager');
  both.apply(config);
  const plan = planHandBack(both.state, config, { manager: null }, {});
  assert.ok(plan.ok && plan.value.ops[0]?.kind === 'manager.hand-back');
  assert.equal(plan.value.ops[0].manager, 'NetworkManager');
});
