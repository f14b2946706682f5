import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NetworkConfig } from '@patchbay/protocol';
import { describe as inWords } from '../execute/describe.ts';
import { tcLine } from '../execute/tc-line.ts';
import { bond, network, TestHost } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';

const qos = (linkshare: number, upperlimit: number | null = null, realtime: number | null = null) => ({
  qos: { linkshare, upperlimit, realtime },
});
const mbit = 1_000_000;
const config = (networks: Record<string, Partial<NetworkConfig>>, base = 'eth1') => ({
  bonds: base === 'bond0' ? { bond0: bond(['eth2', 'eth3']) } : {},
  networks: Object.fromEntries(Object.entries(networks).map(([name, one]) => [name, network({ base, ...one })])),
});
const kinds = (ops: readonly { kind: string }[]) =>
  ops.map(({ kind }) => kind).filter((kind) => /^(qdisc|class|filter)/.test(kind));

describe('shaping', () => {
  test('a VLAN gets its class, the rest as much as the largest share', () => {
    const host = new TestHost();
    const { ops } = host.apply(config({ blue: { vlan: 251, ...qos(10, 11 * mbit, 9 * mbit) } }));
    const lines = ops.filter(({ kind }) => /^(qdisc|class|filter)/.test(kind)).map(tcLine);
    assert.deepEqual(lines, [
      'qdisc add dev eth1 root handle 1389: hfsc default 1388',
      'class replace dev eth1 parent 1389: classid 1389:fb hfsc rt m2 9000000bit ls m2 80bit ul m2 11000000bit',
      'qdisc replace dev eth1 parent 1389:fb handle fb: fq_codel',
      'class replace dev eth1 parent 1389: classid 1389:1388 hfsc ls m2 80bit',
      'qdisc replace dev eth1 parent 1389:1388 handle 1388: fq_codel',
      'filter add dev eth1 parent 1389: pref 251 protocol all basic match meta(vlan mask 0xfff eq 251) flowid 1389:fb',
      'filter add dev eth1 parent 1389: pref 5000 protocol all u32 match u32 0 0 flowid 1389:1388',
    ]);
    assert.ok(ops.map(inWords).includes('On eth1: VLAN 251 gets a share of 10, at least 9 Mbit/s, at most 11 Mbit/s'));
  });

  test('an untagged network is the default class; adding, changing and removing touches only what differs', () => {
    const host = new TestHost();
    host.apply(config({ red: qos(30, 20 * mbit) }));
    assert.deepEqual(
      host.link('eth1').shaping?.classes.map(({ minor, linkshare, upperlimit }) => [minor, linkshare, upperlimit]),
      [[5000, 240, 20 * mbit]],
    );
    const more = host.apply(config({ red: qos(30, 20 * mbit), blue: { vlan: 5, ...qos(10) } }));
    assert.deepEqual(kinds(more.ops), ['class.set', 'qdisc.add', 'filter.add']);
    const changed = host.apply(config({ red: qos(40, 20 * mbit), blue: { vlan: 5, ...qos(10) } }));
    assert.deepEqual(kinds(changed.ops), ['class.set']);
    const unlimited = host.apply(config({ red: qos(40), blue: { vlan: 5, ...qos(10) } }));
    const remade = ['filter.del', 'class.del', 'class.set', 'qdisc.add', 'filter.add'];
    assert.deepEqual(kinds(unlimited.ops), remade, 'a kernel does not forget a limit');
    const less = host.apply(config({ red: qos(40) }));
    assert.deepEqual(kinds(less.ops), ['filter.del', 'class.del']);
    const none = host.apply(config({ red: {} }));
    assert.deepEqual(kinds(none.ops), ['qdisc.del']);
    assert.equal(host.link('eth1').shaping, undefined);
  });

  test('goes with its networks to a bond and back, and with the bond', () => {
    const host = new TestHost();
    const blue = { blue: { vlan: 5, ...qos(10) } };
    host.apply(config(blue));
    const moved = host.apply(config(blue, 'bond0'));
    assert.deepEqual(host.link('bond0').shaping?.filters.length, 2);
    assert.ok(kinds(moved.ops).includes('qdisc.del'));
    host.apply(config(blue));
    host.apply(config({}));
    assert.ok(host.state.links.every(({ shaping }) => shaping === undefined));
  });

  test('comes back with the state before, from any point of a change', () => {
    const host = new TestHost();
    host.apply(config({ red: qos(30, 20 * mbit), blue: { vlan: 5, ...qos(10) } }));
    const before = host.state;
    const { ops } = host.plan(config({ red: qos(40), blue: { vlan: 6, ...qos(10, mbit) } }));
    for (let steps = 0; steps <= ops.length; steps++) {
      const half = new TestHost();
      half.apply(config({ red: qos(30, 20 * mbit), blue: { vlan: 5, ...qos(10) } }));
      half.run(ops.slice(0, steps));
      half.run(planRestore(half.state, before).ops);
      assert.deepEqual(half.link('eth1').shaping, before.links.find(({ name }) => name === 'eth1')?.shaping);
    }
    const plain = new TestHost().state;
    host.run(planRestore(host.state, plain).ops);
    assert.equal(host.link('eth1').shaping, undefined);
  });

  test('of another hand is not replaced, and drift is repaired', () => {
    const host = new TestHost();
    const wanted = config({ blue: { vlan: 5, ...qos(10) } });
    host.link('eth1').qdisc = 'tbf';
    assert.equal(host.problem(wanted), 'ERR_USED_NIC');
    host.link('eth1').qdisc = 'mq';
    assert.ok(host.plan(wanted).risks.some((risk) => /eth1 has several queues/.test(risk)));
    host.apply(wanted);
    host.run([
      { kind: 'filter.del', device: 'eth1', preference: 5 },
      { kind: 'class.set', device: 'eth1', minor: 5, linkshare: 8, upperlimit: null, realtime: null },
    ]);
    assert.deepEqual(kinds(host.apply(wanted).ops), ['class.set', 'filter.add']);
  });

  test('more than a kernel can hold is refused', () => {
    assert.equal(new TestHost().problem(config({ blue: qos(10, 34_360 * mbit) })), 'ERR_BAD_PARAMS');
  });
});
