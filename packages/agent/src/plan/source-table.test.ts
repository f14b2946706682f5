import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { FIRST_TABLE, readAlias } from '../observe/ownership.ts';
import { ip4, network, TestHost } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';

const routed = (end: number, part: object = {}) =>
  network({ base: `eth${end}`, ipv4: ip4(`192.0.2.${end}`, '192.0.2.254'), ...part });
const tables = (host: TestHost) =>
  Object.fromEntries(
    [...host.world.links.values()].flatMap(({ name, alias }) => {
      const table = readAlias(alias)?.table ?? null;
      return table === null ? [] : [[name, table - FIRST_TABLE]];
    }),
  );

test('a network keeps its table wherever it goes, and one that comes takes nobody’s', () => {
  const host = new TestHost();
  const config = (networks: HostConfig['networks']): HostConfig => ({ bonds: {}, networks });
  host.apply(config({ red: routed(1), blue: routed(2, { bridged: false }) }));
  assert.deepEqual(tables(host), { red: 0, eth2: 1 });
  host.apply(config({ blue: routed(3), green: routed(2, { bridged: false }) }));
  assert.deepEqual(tables(host), { blue: 1, eth2: 2 });
  host.apply(config({ blue: routed(3, { bridged: false }), red: routed(1, { vlan: 7 }), green: routed(2) }));
  assert.deepEqual(tables(host), { eth3: 1, red: 0, green: 2 });
});

test('a table that something else uses is left to it', () => {
  const host = new TestHost();
  host.run([{ kind: 'rule.add', family: 4, priority: 3200, from: '198.51.100.0/24', to: null, table: FIRST_TABLE }]);
  host.apply({ bonds: {}, networks: { red: routed(1) } });
  assert.deepEqual(tables(host), { red: 1 });
});

test('a network without a gateway needs none', () => {
  const host = new TestHost();
  const without = { bonds: {}, networks: { red: network({ base: 'eth1', ipv4: ip4('192.0.2.1') }) } };
  host.apply(without);
  assert.deepEqual(tables(host), {});
  host.apply({ bonds: {}, networks: { red: routed(1) } });
  assert.deepEqual(tables(host), { red: 0 });
  host.apply(without);
  assert.deepEqual(tables(host), {}, 'nor any more when it has had one');
});

test('what is taken back leaves rules of one priority in their order, also when only the first of them went', () => {
  const host = new TestHost();
  const config = (...ends: number[]): HostConfig => ({
    bonds: {},
    networks: Object.fromEntries(ends.map((end) => [`n${end}`, routed(end)])),
  });
  host.apply(config(1, 2));
  const before = host.state;
  // Both have the same subnet: of which table the answers go by, the order decides.
  assert.equal(new Set(before.rules.map(({ from }) => from)).size, 2);
  assert.equal(before.rules.length, 4);
  for (let cut = 0; cut < before.rules.length; cut += 1) {
    const { family, priority, from, to, table } = before.rules[cut] ?? assert.fail();
    host.run([{ kind: 'rule.del', family, priority, from, to, table }]);
    host.run(planRestore(host.state, before).ops);
    assert.deepEqual(host.state.rules, before.rules);
  }
  host.apply(config(2, 3));
  host.run(planRestore(host.state, before).ops);
  assert.deepEqual(host.state.rules, before.rules);
  assert.deepEqual(planRestore(host.state, before).ops, []);
});
