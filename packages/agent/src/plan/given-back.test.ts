/** What another hand made, and a change that was taken back had used. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import { isMade } from '../observe/ownership.ts';
import { bond, ip4, network, TestHost, words } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';

/** Made by nobody we know: in no group of ours, and without a word of ours. */
function foreign(group: number, ...ops: KernelOp[]): KernelOp[] {
  const theirs = (name: string): KernelOp => ({ kind: 'link.set', name, group, alias: '', up: true });
  return ops.flatMap((op) => (op.kind === 'link.add' ? [op, theirs(op.name)] : [op]));
}
const made = { vlan: null, base: null, mac: null, options: {} };

/** bond0 of two nics, VLAN 5 on it, a bridge on that with the host's address. */
function hostOfOthers(group = 0): TestHost {
  const host = new TestHost();
  host.run(
    foreign(
      group,
      { kind: 'link.add', name: 'bond0', type: 'bond', ...made },
      { kind: 'link.set', name: 'eth1', up: false },
      { kind: 'link.set', name: 'eth1', master: 'bond0' },
      { kind: 'link.add', name: 'storage', type: 'vlan', ...made, base: 'bond0', vlan: 5 },
      { kind: 'link.add', name: 'mgmt', type: 'bridge', ...made },
      { kind: 'link.set', name: 'storage', master: 'mgmt' },
      { kind: 'addr.add', device: 'mgmt', family: 4, address: '192.0.2.5', prefix: 24, nodad: true, validFor: null },
    ),
  );
  return host;
}
const takingOver: HostConfig = {
  bonds: { bond0: bond(['eth1']) },
  networks: { mgmt: network({ base: 'bond0', vlan: 5, ipv4: ip4('192.0.2.5') }) },
};
const elsewhere: HostConfig = { bonds: {}, networks: { blue: network({ base: 'eth3' }) } };

describe('links of another hand that a change took over', () => {
  for (const [group, shown] of [
    [0, 'default'],
    [77, '77'],
  ] as const) {
    test(`are theirs again when it is taken back (group ${shown}), and the next change leaves them alone`, () => {
      const host = hostOfOthers(group);
      const names = ['bond0', 'storage', 'mgmt'];
      const before = host.state;
      host.apply(takingOver);
      assert.deepEqual(
        names.map((name) => isMade(host.link(name))),
        [true, true, true],
      );
      host.run(planRestore(host.state, before).ops);
      assert.deepEqual(
        names.map((name) => [isMade(host.link(name)), host.link(name).group]),
        names.map(() => [false, shown]),
      );
      assert.deepEqual(
        words(host.plan(elsewhere).ops).filter((word) => names.some((name) => word.includes(name))),
        [],
      );
    });
  }

  for (const group of [0, 77]) {
    test(`are theirs also when they had to be made anew (group ${group})`, () => {
      const host = hostOfOthers(group);
      const before = host.state;
      for (const name of ['mgmt', 'storage']) host.run([{ kind: 'link.del', name }]);
      host.run(planRestore(host.state, before).ops);
      assert.deepEqual(
        ['mgmt', 'storage'].map((name) => isMade(host.link(name))),
        [false, false],
      );
    });
  }

  test('stay in a group of theirs while they are ours, and go with their network', () => {
    const host = hostOfOthers(77);
    host.apply(takingOver);
    assert.equal(host.link('mgmt').group, '77');
    host.apply(elsewhere);
    assert.deepEqual([host.world.get('mgmt'), host.world.get('storage')], [undefined, undefined]);
  });
});

test('A nic that is down stays plugged into the bridge of another hand when it gets a tagged network', () => {
  const host = new TestHost();
  host.run([
    ...foreign(0, { kind: 'link.add', name: 'shop', type: 'bridge', ...made }),
    { kind: 'link.set', name: 'eth1', master: 'shop' },
    { kind: 'link.set', name: 'eth1', up: false },
  ]);
  host.apply({ bonds: {}, networks: { red: network({ base: 'eth1', vlan: 5 }) } });
  assert.deepEqual([host.link('eth1').master, host.link('eth1').adminUp], ['shop', true]);
});

describe('a VLAN of another hand on a bond of ours', () => {
  const config = (options: Record<string, string>): HostConfig => ({
    bonds: { bond0: bond(['eth1', 'eth2'], { mode: '4', ...options }) },
    networks: { blue: network({ base: 'bond0', vlan: 7 }) },
  });
  const at = { device: 'theirs', nodad: true, validFor: null } as const;
  const route = { device: 'theirs', family: 4, gateway: '198.51.100.1', metric: null, protocol: 'static' } as const;
  function host(): TestHost {
    const one = new TestHost();
    one.apply(config({ lacp_rate: '0' }));
    one.run([
      ...foreign(0, { kind: 'link.add', name: 'theirs', type: 'vlan', ...made, base: 'bond0', vlan: 9 }),
      { kind: 'addr.add', ...at, family: 4, address: '198.51.100.5', prefix: 24 },
      { kind: 'addr.add', ...at, family: 6, address: '2001:db8::5', prefix: 64 },
      { kind: 'route.replace', ...route, table: 100, destination: 'default' },
    ]);
    return one;
  }
  const held = ({ world, state }: TestHost) => ({
    addresses: world.get('theirs')?.addresses,
    routes: state.routes.filter(({ device }) => device === 'theirs'),
  });

  test('gets back what it loses when the bond has to go down, and the plan says that it does', () => {
    const one = host();
    const before = held(one);
    const plan = one.apply(config({ lacp_rate: '1' }));
    assert.ok(plan.ops.some((op) => op.kind === 'link.set' && op.name === 'bond0' && op.up === false));
    assert.deepEqual(held(one), before);
    assert.ok(plan.risks.includes('theirs, which is not managed here, goes down with bond0 for a moment.'));
  });

  test('is not touched by a change that leaves the bond up', () => {
    const one = host();
    const { ops } = one.apply({ ...config({ lacp_rate: '0' }), networks: {} });
    assert.deepEqual(
      words(ops).filter((word) => word.includes('theirs')),
      [],
    );
  });

  test('comes up with the bond that somebody had taken down', () => {
    const one = host();
    one.run([{ kind: 'link.set', name: 'bond0', up: false }]);
    one.apply(config({ lacp_rate: '0' }));
    assert.equal(one.link('theirs').adminUp, true);
  });

  test('gives way with its default route to that of a network', () => {
    const one = host();
    one.run([{ kind: 'route.replace', ...route, table: 254, destination: 'default' }]);
    const red = network({ base: 'eth3', ipv4: ip4('192.0.2.5', '192.0.2.1'), defaultRoute: true });
    one.apply({ ...config({ lacp_rate: '1' }), networks: { red } });
    const routes = one.state.routes.filter((known) => known.table === 254 && known.destination === 'default');
    assert.deepEqual(
      routes.map(({ device }) => device),
      ['red'],
    );
  });
});

test('A VLAN of another protocol that has vanished cannot be made again, and hinders nothing else', () => {
  const host = new TestHost();
  host.run(foreign(0, { kind: 'link.add', name: 'outer', type: 'vlan', ...made, base: 'eth1', vlan: 9 }));
  host.link('outer').vlan = null;
  const before = host.state;
  host.apply(elsewhere);
  host.run([{ kind: 'link.del', name: 'outer' }]);
  host.run(planRestore(host.state, before).ops);
  assert.deepEqual([host.world.get('outer'), host.world.get('blue')], [undefined, undefined]);
});
