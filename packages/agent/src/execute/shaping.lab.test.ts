/** Shaping on a real kernel (HT-119 to HT-126 and HT-128). Runs on a lab host, as root, and uses eth1 to eth3. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, before, describe, test } from 'node:test';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { apply, batch, bond, essence, ip, kernel, link, network, restore } from './real-kernel-for-tests.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;

const mbit = 1_000_000;
const shaped = (linkshare: number, limit: number | null = null, committed: number | null = null) => ({
  qos: { linkshare, upperlimit: limit && limit * mbit, realtime: committed && committed * mbit },
});
const config = (networks: Record<string, Partial<NetworkConfig>>, base = 'eth1'): HostConfig => ({
  bonds: base === 'bond0' ? { bond0: bond(['eth2', 'eth3']) } : {},
  networks: Object.fromEntries(Object.entries(networks).map(([name, one]) => [name, network({ base, ...one })])),
});
const say = (...argv: string[]) => {
  const [program = '', ...args] = argv;
  return spawnSync(program, args, { encoding: 'utf8' }).stdout;
};
/** Packets that left by each class of eth1. */
function sent(): Record<string, number> {
  const text = say('tc', '-s', 'class', 'show', 'dev', 'eth1');
  const found = [...text.matchAll(/^class hfsc 1389:([0-9a-f]+) parent.*\n Sent \d+ bytes (\d+) pkt/gm)];
  return Object.fromEntries(found.map(([, minor = '', packets]) => [minor, Number(packets)]));
}

describe('shaping on a real kernel', { skip: possible ? false : 'runs on a lab host', timeout: 300_000 }, () => {
  let start: KernelState;
  before(async () => {
    await batch(...[1, 2, 3].map((nic) => `link set eth${nic} up`));
    start = await kernel.observe();
  });
  afterEach(async () => {
    await kernel.execute(planRestore(await kernel.observe(), start).ops);
    assert.equal(say('tc', 'qdisc', 'show').includes('hfsc'), false);
  });

  test('an untagged network, a tagged one, both, changed, and gone', async () => {
    await apply(config({ red: shaped(30, 20) }));
    const classes = say('tc', 'class', 'show', 'dev', 'eth1');
    assert.match(classes, /1389:1388 parent 1389: leaf 1388: ls m1 0bit d 0us m2 240bit ul m1 0bit d 0us m2 20Mbit/);
    const { after } = await apply(config({ red: shaped(30, 20), blue: { vlan: 251, ...shaped(10, 11, 9) } }));
    const tagged = /1389:fb .* rt m1 0bit d 0us m2 9Mbit ls m1 0bit d 0us m2 80bit ul m1 0bit d 0us m2 11Mbit/;
    assert.match(say('tc', 'class', 'show', 'dev', 'eth1'), tagged);
    assert.equal(link(after, 'eth1').shaping?.filters.length, 2);
    await apply(config({ red: shaped(30), blue: { vlan: 251, ...shaped(100, 17179, 17179) } }));
    await apply(config({ blue: { vlan: 251, ...shaped(100, 17179, 17179) } }));
    await apply(config({ zero: { vlan: 0, ...shaped(1) }, last: { vlan: 4094, ...shaped(2) } }));
    const { after: gone } = await apply(config({ red: {} }));
    assert.equal(link(gone, 'eth1').shaping, undefined);
    assert.equal(link(gone, 'eth1').qdisc, link(start, 'eth1').qdisc);
  });

  test('the frames of a VLAN go to its class, all others to the default one, however the tag is put on', async () => {
    const address = { ipv4: ip('203.0.113.5') };
    await apply(
      config({
        blue: { vlan: 251, ...address, ...shaped(10) },
        red: { ipv4: ip('198.51.100.5'), ...shaped(10) },
      }),
    );
    // Known neighbours, so that a ping is one frame.
    for (const [device, host] of [
      ['blue', '203.0.113.9'],
      ['red', '198.51.100.9'],
    ]) {
      say('ip', 'neigh', 'replace', host ?? '', 'lladdr', '02:00:00:00:00:99', 'nud', 'permanent', 'dev', device ?? '');
    }
    for (const offload of ['on', 'off']) {
      say('ethtool', '-K', 'eth1', 'txvlan', offload);
      const before = sent();
      say('ping', '-c1', '-W1', '203.0.113.9');
      const tagged = sent();
      assert.ok((tagged['fb'] ?? 0) > (before['fb'] ?? 0), JSON.stringify({ offload, before, tagged }));
      say('ping', '-c1', '-W1', '198.51.100.9');
      const untagged = sent();
      assert.ok((untagged['1388'] ?? 0) > (tagged['1388'] ?? 0), JSON.stringify({ offload, tagged, untagged }));
      assert.equal(untagged['fb'], tagged['fb']);
    }
    say('ethtool', '-K', 'eth1', 'txvlan', 'on');
  });

  test('on a bond, which takes it along when it goes, and back on a nic', async () => {
    const blue = { blue: { vlan: 5, ...shaped(10, 11) } };
    const { after } = await apply(config(blue, 'bond0'));
    assert.equal(link(after, 'bond0').shaping?.classes.length, 2);
    await apply(config(blue));
    const { after: gone } = await apply(config({}));
    assert.deepEqual(essence(gone), essence(start));
  });

  test('a revert brings the former shaping back, also when a step of it was refused', async () => {
    await apply(config({ red: shaped(30, 20), blue: { vlan: 5, ...shaped(10) } }));
    const before = await kernel.observe();
    const plan = planFor(before, config({ red: shaped(40), green: { vlan: 6, ...shaped(10, 7, 7) } }));
    assert.ok(plan.ok);
    const { ops } = plan.value;
    const broken = ops.map((op) => (op.kind === 'filter.add' ? { ...op, device: 'eth9' } : op));
    const execution = await kernel.execute(broken);
    assert.equal(execution.ok, false);
    assert.ok(!execution.ok && execution.failed.kind === 'filter.add', JSON.stringify(execution));
    await restore(before);
    await kernel.execute(ops);
    await restore(before);
    await restore(start);
  });

  test('what somebody else does to it is seen and repaired; what somebody else has set is left alone', async () => {
    const wanted = config({ blue: { vlan: 5, ...shaped(10, 11) } });
    await apply(wanted);
    say('tc', 'class', 'change', 'dev', 'eth1', 'parent', '1389:', 'classid', '1389:5', 'hfsc', 'ls', 'm2', '800bit');
    say('tc', 'filter', 'del', 'dev', 'eth1', 'parent', '1389:', 'pref', '5');
    const { ops } = await apply(wanted);
    assert.deepEqual(
      ops.map(({ kind }) => kind),
      ['class.set', 'filter.add'],
    );
    say('tc', 'qdisc', 'del', 'dev', 'eth1', 'root');
    await apply(wanted);
    await restore(start);
    say('tc', 'qdisc', 'add', 'dev', 'eth1', 'root', 'tbf', 'rate', '1mbit', 'burst', '10kb', 'latency', '1s');
    const refused = planFor(await kernel.observe(), wanted);
    assert.equal(refused.ok ? 'accepted' : refused.problem.code, 'ERR_USED_NIC');
    say('tc', 'qdisc', 'del', 'dev', 'eth1', 'root');
  });
});
