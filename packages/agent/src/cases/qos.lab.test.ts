/** Shaping of what leaves a nic or bond (HT-119 to HT-126). */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { emptyHostConfig, type NetworkConfig } from '@patchbay/protocol';
import { bond, ip } from '../execute/real-kernel-for-tests.ts';
import { config, kernelCase, kernelCases, say, sayFar } from './kit/case.ts';
import { exists, link } from './kit/look.ts';

const mbit = 1_000_000;
type Qos = NonNullable<NetworkConfig['qos']>;
const qos = (linkshare: number, part: Partial<Qos> = {}): { qos: Qos } => ({
  qos: { linkshare, upperlimit: null, realtime: null, ...part },
});
const tc = (what: string, device = 'nic1') => say('tc', what, 'show', 'dev', device);
/** Packets that left by each class. */
function sent(device = 'nic1'): Record<string, number> {
  const text = say('tc', '-s', 'class', 'show', 'dev', device);
  const found = [...text.matchAll(/^class hfsc 1389:([0-9a-f]+) parent.*\n Sent \d+ bytes (\d+) pkt/gm)];
  return Object.fromEntries(found.map(([, minor = '', packets]) => [minor, Number(packets)]));
}

kernelCases('shaping', () => {
  kernelCase(
    'HT-119 an untagged network is shaped by curves that begin with another rate, and tells them',
    async (host) => {
      const bursts = { linkshare: { rate: 50, microseconds: 1500 } };
      const { state } = await host.reach(
        config({ blue: { base: 'nic1', ...qos(30, { upperlimit: 20 * mbit, bursts }) } }),
      );
      assert.match(tc('qdisc'), /qdisc hfsc 1389: root .*default (0x)?1388/);
      assert.match(tc('qdisc'), /qdisc fq_codel 1388: parent 1389:1388 /);
      assert.match(
        tc('class'),
        /1389:1388 parent 1389: leaf 1388: ls m1 400bit d 1.5ms m2 240bit ul m1 0bit d 0us m2 20Mbit/,
      );
      assert.deepEqual(link(state, 'nic1').shaping, {
        classes: [
          {
            ...{ minor: 0x1388, linkshare: 240, upperlimit: 20 * mbit, realtime: null, fair: true },
            bursts: { linkshare: { rate: 400, microseconds: 1500 } },
          },
        ],
        filters: [{ preference: 0x1388, vlan: null, minor: 0x1388 }],
      });
      await host.reach(config({ blue: { base: 'nic1', ...qos(30, { upperlimit: 20 * mbit }) } }));
      assert.match(tc('class'), /ls m1 0bit d 0us m2 240bit/, 'a beginning is taken away');
    },
  );

  kernelCase('HT-120 a tagged network has a class of its VLAN id, and the rest one beside it', async (host) => {
    await host.reach(
      config({ blue: { base: 'nic1', vlan: 251, ...qos(10, { upperlimit: 11 * mbit, realtime: 9 * mbit }) } }),
    );
    assert.match(
      tc('class'),
      /1389:fb .* rt m1 0bit d 0us m2 9Mbit ls m1 0bit d 0us m2 80bit ul m1 0bit d 0us m2 11Mbit/,
    );
    assert.match(tc('class'), /1389:1388 parent 1389: leaf 1388: ls m1 0bit d 0us m2 80bit/);
    assert.match(
      tc('filter'),
      /pref 251 basic [\s\S]*flowid 1389:fb[\s\S]*meta\(vlan .*eq 251\)[\s\S]*pref 5000 u32 [\s\S]*flowid 1389:1388/,
    );
  });

  kernelCase('HT-121 tagged and untagged networks of one nic, in one step and in two', async (host) => {
    const blue = { base: 'nic1', vlan: 251, ...qos(10) };
    const red = { base: 'nic1', ...qos(30, { upperlimit: 20 * mbit }) };
    const { state } = await host.reach(config({ blue, red }));
    await host.reach(emptyHostConfig);
    await host.reach(config({ red }));
    const { state: again } = await host.reach(config({ blue, red }));
    assert.deepEqual(link(again, 'nic1').shaping, link(state, 'nic1').shaping);
    assert.deepEqual(
      link(state, 'nic1').shaping?.classes.map(({ minor, linkshare }) => [minor, linkshare]),
      [
        [251, 80],
        [0x1388, 240],
      ],
    );
  });

  kernelCase(
    'HT-122 frames of a VLAN go to its class, all others to the other, however the tag is put on',
    async (host) => {
      await host.reach(
        config({
          blue: { base: 'nic1', vlan: 251, ipv4: ip('203.0.113.5'), ...qos(10) },
          red: { base: 'nic1', ipv4: ip('198.51.100.5'), ...qos(10) },
        }),
      );
      // Known neighbours, so that a ping is one frame.
      for (const [device, address] of [
        ['blue', '203.0.113.9'],
        ['red', '198.51.100.9'],
      ]) {
        await host.ip(`neigh replace ${address} lladdr 02:00:00:00:00:99 nud permanent dev ${device}`);
      }
      const offload = (to: string) => say('ethtool', '-K', 'nic1', 'txvlan', to);
      for (const to of ['off', 'on']) {
        offload(to);
        const before = sent();
        ping('203.0.113.9');
        const tagged = sent();
        assert.ok((tagged['fb'] ?? 0) > (before['fb'] ?? 0), JSON.stringify({ to, before, tagged }));
        ping('198.51.100.9');
        const untagged = sent();
        assert.ok((untagged['1388'] ?? 0) > (tagged['1388'] ?? 0), JSON.stringify({ to, tagged, untagged }));
        assert.equal(untagged['fb'], tagged['fb']);
      }
    },
  );

  kernelCase('HT-123 shaping comes, changes and goes without a trace', async (host) => {
    const before = tc('qdisc');
    await host.reach(config({ blue: { base: 'nic1', vlan: 5, ...qos(10, { upperlimit: 10 * mbit }) } }));
    const { state } = await host.reach(config({ blue: { base: 'nic1', vlan: 5, ...qos(20, { realtime: 3 * mbit }) } }));
    assert.deepEqual(link(state, 'nic1').shaping?.classes[0], {
      ...{ minor: 5, linkshare: 160, upperlimit: null, realtime: 3 * mbit, fair: true },
    });
    const { state: gone } = await host.reach(config({ blue: { base: 'nic1', vlan: 5 } }));
    assert.deepEqual([link(gone, 'nic1').shaping, tc('qdisc')], [undefined, before]);
  });

  kernelCase('HT-124 shaping twice is shaping once', async (host) => {
    const wanted = config({ blue: { base: 'nic1', vlan: 5, ...qos(10) }, red: { base: 'nic1', ...qos(10) } });
    await host.reach(wanted);
    await host.reach(wanted);
    const { classes, filters } = link(await host.observe(), 'nic1').shaping ?? {};
    assert.deepEqual([classes?.length, filters?.length], [2, 2]);
  });

  kernelCase('HT-125 shaping of a bond goes with it', async (host) => {
    const bonds = { bond0: bond(['nic1', 'nic2']) };
    await host.reach(config({ blue: { base: 'bond0', vlan: 5, ...qos(10, { upperlimit: 11 * mbit }) } }, bonds));
    assert.match(tc('class', 'bond0'), /1389:5 /);
    const { state } = await host.reach(emptyHostConfig);
    assert.ok(!exists(state, 'bond0'));
    assert.ok(!say('tc', 'qdisc', 'show').includes('hfsc'));
  });

  kernelCase('HT-126 a cap of 1 Mbit/s is kept', async (host) => {
    await host.far('addr add 198.51.100.2/24 dev far1');
    host.afterwards(() => host.far('addr del 198.51.100.2/24 dev far1'));
    await host.reach(config({ blue: { base: 'nic1', ipv4: ip('198.51.100.1'), ...qos(10, { upperlimit: mbit }) } }));
    const rate = await flood('198.51.100.2', () => received('far1'));
    assert.ok(rate <= 1.2 * mbit, `${rate} bit/s`);
    assert.ok(rate >= 0.5 * mbit, `and it is used: ${rate} bit/s`);
  });

  kernelCase('shaping of another hand is left alone, and in the way', async (host) => {
    say('tc', 'qdisc', 'add', 'dev', 'nic1', 'root', 'tbf', 'rate', '1mbit', 'burst', '10kb', 'latency', '1s');
    host.afterwards(async () => void say('tc', 'qdisc', 'del', 'dev', 'nic1', 'root'));
    await host.foreign([], []);
    const problem = await host.refused(config({ blue: { base: 'nic1', ...qos(10) } }));
    assert.equal(problem.code, 'ERR_USED_NIC');
  });
});

/** One packet, to which nobody answers. */
function ping(address: string): void {
  try {
    say('ping', '-c', '1', '-W', '1', address);
  } catch {
    // As expected.
  }
}

/** Bytes that have arrived at the other end. */
const received = (device: string): number =>
  JSON.parse(sayFar('ip', '-s', '-j', 'link', 'show', 'dev', device))[0].stats64.rx.bytes;

/** Sends more than any cap for some seconds. @returns bit/s that have arrived meanwhile, once the queues are full */
async function flood(address: string, bytes: () => number): Promise<number> {
  const socket = createSocket('udp4');
  const packet = Buffer.alloc(1400);
  const sending = setInterval(() => {
    for (let at = 0; at < 20; at++) socket.send(packet, 9, address, () => {});
  }, 20);
  const seconds = (time: number) => new Promise((resolve) => setTimeout(resolve, time * 1000));
  try {
    await seconds(1);
    const [start, before] = [performance.now(), bytes()];
    await seconds(4);
    return ((bytes() - before) * 8000) / (performance.now() - start);
  } finally {
    clearInterval(sending);
    socket.close();
  }
}
