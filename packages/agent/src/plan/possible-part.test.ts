import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { bond, ip4, network, TestHost } from './host-for-tests.ts';
import { planFor } from './plan-for.ts';
import { possiblePart } from './possible-part.ts';

const good: HostConfig = { bonds: { bond0: bond(['eth1', 'eth2']) }, networks: { red: network({ base: 'bond0' }) } };
const bad: HostConfig = {
  ...good,
  networks: { ...good.networks, blue: network({ base: 'eth3', vlan: 5, bridged: false, mtu: 9500 }) },
};
const partOf = (host: TestHost, config: HostConfig): string[] =>
  Object.keys(possiblePart(host.state, config).part.networks);

test('what the host does not accept is left out, with the reason', () => {
  const host = TestHost.managed();
  const { part, refusals } = possiblePart(host.state, bad);
  assert.deepEqual(part, good);
  assert.equal(refusals.length, 1);
  assert.match(refusals[0] ?? '', /blue/);
});

test('what is missing goes without a word, as does what stands on it', () => {
  const host = TestHost.managed();
  assert.deepEqual(partOf(host, { ...good, networks: { ...good.networks, gone: network({ base: 'eth9' }) } }), ['red']);
});

test('what stands is not left out because it would not be made any more', () => {
  const host = TestHost.managed();
  host.apply({ bonds: {}, networks: { blue: network({ base: 'eth3', vlan: 5, bridged: false }) } });
  assert.deepEqual(partOf(host, bad), ['red', 'blue']);
});

test('a device of another hand that has its name does not stand for it', () => {
  const host = TestHost.managed();
  host.run([
    { kind: 'link.add', type: 'bond', name: 'bond0', base: null, vlan: null, mac: null, options: {} },
    { kind: 'link.set', name: 'bond0', group: 0 },
  ]);
  const refused = { ...bad, bonds: { bond0: bond(['eth1', 'eth2'], { mode: '1', no_such_option: '1' }) } };
  assert.deepEqual(partOf(host, { ...refused, networks: { lone: network({}) } }), ['lone']);
});

/** Stands on the host, which has lost all nics below it; and others are plugged into it and stand on it. */
const waiting: HostConfig = {
  bonds: { bond0: bond(['eth1', 'eth2']) },
  networks: {
    red: network({ base: 'bond0', vlan: 10, ipv4: ip4('198.51.100.2', '198.51.100.1') }),
    blue: network({ base: 'eth3', ipv4: { method: 'dhcp' } }),
  },
};
const whole: HostConfig = { ...waiting, networks: { ...waiting.networks, late: network({ base: 'eth5' }) } };

/** @param without nics that are gone, as after a reset of their card */
function occupied(without: readonly string[]): TestHost {
  const host = TestHost.managed();
  host.apply(waiting);
  host.run([
    { kind: 'link.add', name: 'bond0.99', type: 'vlan', mac: null, base: 'bond0', vlan: 99, options: {} },
    { kind: 'link.set', name: 'bond0.99', group: 0 },
  ]);
  host.world.insert({ ...host.link('eth4'), name: 'vnet0', kind: 'other', master: 'blue' });
  for (const name of without) {
    host.run([{ kind: 'link.set', name, master: null }]);
    host.world.drop(host.link(name));
  }
  return host;
}

test('what is foreign on devices that have lost their nics is no reason to go without the rest', () => {
  const host = occupied(['eth1', 'eth2', 'eth3']);
  const before = host.state;
  const { part, refusals } = possiblePart(before, whole);
  assert.deepEqual([Object.keys(part.networks), refusals], [['late'], []]);
  const planned = planFor(before, part, null, {}, whole);
  assert.ok(planned.ok);
  host.run(planned.value.ops);
  assert.equal(host.link('eth5').master, 'late');
  const old = new Set(before.links.flatMap(({ name }) => (name === 'eth5' ? [] : [name])));
  const oldOf = ({ links, routes, rules, dhcp }: typeof before) => [
    links.filter(({ name }) => old.has(name)),
    routes,
    rules,
    dhcp,
  ];
  assert.deepEqual(oldOf(host.state), oldOf(before), 'what waits stays as it is');
});

test('what is taken out of the config is not removed from under something foreign', () => {
  const { state } = occupied(['eth1', 'eth2', 'eth3']);
  const { red: _, ...others } = whole.networks;
  const left = { bonds: {}, networks: others };
  const planned = planFor(state, possiblePart(state, left).part, null, {}, left);
  assert.match(planned.ok ? '' : planned.problem.message, /^bond0 cannot be removed: bond0\.99/);
});

test('what is foreign on devices that are well is no reason to leave out anything beside what is refused', () => {
  const refused = { ...whole, networks: { ...whole.networks, wide: network({ base: 'eth4', mtu: 9500 }) } };
  const { part, refusals } = possiblePart(occupied([]).state, refused);
  assert.deepEqual([part, refusals.length], [whole, 1]);
});
