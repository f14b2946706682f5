/** The mirror against the kernel, while other hands do their worst. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { inLab, kernel } from '../execute/real-kernel-for-tests.ts';
import type { IpState } from '../observe/ip-questions.ts';
import { Mirror } from './mirror.ts';

const said: string[] = [];
let bursts = 0;
const count = () => {
  bursts += 1;
};
const mirror = new Mirror(
  kernel.questions,
  {},
  { changed: count, failedOver: count },
  (_level, message) => void said.push(message),
);

/** Another hand's program, as a batch: everything is done when this returns. */
function ip(...lines: string[]): void {
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` });
  assert.equal(status, 0, `${lines.join('; ')}: ${stderr}`);
}

/** Everything but what the kernel itself does a moment later. */
function firm({ links, routes, rules }: IpState): unknown {
  return {
    links: links.map(({ operState: _, carrier: __, addresses, slave, bond, qdisc: ___, ...link }) => ({
      ...link,
      member: slave !== null,
      bond: bond === null ? null : { options: bond.options, slaves: bond.slaves },
      addresses: addresses
        .filter(({ family }) => family === 4)
        .map(({ validFor, ...rest }) => [rest, validFor === null]),
    })),
    routes: routes.filter(({ family }) => family === 4),
    rules,
  };
}

async function agrees(what: string): Promise<void> {
  const seen = await mirror.look();
  assert.deepEqual(firm(seen), firm(await kernel.questions.all()), what);
}

const namespaceOf = (pid: number | undefined) => readlinkSync(`/proc/${pid}/ns/net`);

const monitors = () =>
  readdirSync('/proc').filter((name) => {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return words.includes('monitor') && words.includes('nexthop');
    } catch {
      return false;
    }
  });

describe('the mirror of a real kernel', { skip: inLab ? false : 'needs a lab host' }, () => {
  before(async () => {
    mirror.start();
    await mirror.look();
  });
  after(() => mirror.close());
  /** Whatever a test before has set off has come to rest, and nothing is left of it. */
  beforeEach(async () => {
    for (const { name, kind } of (await kernel.questions.all()).links) {
      if (kind !== 'nic' && name !== 'lo') spawnSync('ip', ['link', 'del', 'dev', name]);
    }
    for (let seen = -1; seen !== bursts; await pause(300)) seen = bursts;
    await mirror.look();
  });

  test('nothing is read when nothing has happened, and only what has changed when something has', async () => {
    let before: typeof mirror.counts;
    let heard: number;
    // A kernel that has only just come up has news of its own for a while.
    do {
      before = { ...mirror.counts };
      heard = bursts;
      await agrees('at rest');
    } while (heard !== bursts);
    assert.deepEqual(mirror.counts, before);
    ip('link add name br1 type bridge', 'link set dev br1 up', 'addr add 192.0.2.1/24 dev br1');
    await agrees('a bridge with an address');
    assert.equal(mirror.counts.whole, before.whole, 'not whole');
    assert.equal(mirror.counts.parts, before.parts + 1);
  });

  test('every kind of change is in the next look', async () => {
    const { whole } = mirror.counts;
    const steps: [string, () => void][] = [
      ['a VLAN device', () => ip('link add link eth3 name eth3.7 type vlan id 7', 'link set dev eth3.7 up')],
      ['a port', () => ip('link add name br1 type bridge', 'link set dev eth3.7 master br1', 'link set dev br1 up')],
      [
        'an address',
        () => ip('addr add 192.0.2.1/24 dev br1', 'addr add 192.0.2.9/24 dev br1 valid_lft 90 preferred_lft 90'),
      ],
      ['routes', () => ip('route add 198.51.100.0/24 via 192.0.2.2', 'route add default via 192.0.2.2 table 77')],
      ['a rule', () => ip('rule add priority 3333 from 192.0.2.0/24 lookup 77')],
      ['an MTU', () => ip('link set dev br1 mtu 1400')],
      ['a MAC', () => ip('link set dev br1 address 02:00:00:00:77:77')],
      ['an alias', () => ip('link set dev br1 alias hello')],
      ['a bridge option', () => ip('link set dev br1 type bridge mcast_snooping 0')],
      ['one by a file', () => writeFileSync('/sys/class/net/br1/bridge/priority', '7')],
      [
        'a link that goes down, and its IPv4 routes, of which the kernel says nothing',
        () => ip('link set dev br1 down'),
      ],
      [
        'what a link that is down changes without a word',
        () => ip('link set dev br1 alias quiet', 'link set dev br1 group 77'),
      ],
      ['an option of it', () => writeFileSync('/sys/class/net/br1/bridge/priority', '8')],
      ['up again', () => ip('link set dev br1 up')],
      ['a port that leaves, which is told as if it were deleted', () => ip('link set dev eth3.7 nomaster')],
      ['a rule that goes', () => ip('rule del priority 3333')],
      ['devices that go', () => ip('link del dev eth3.7', 'link del dev br1')],
      ['the same name again', () => ip('link add name br1 type bridge')],
      ['and again', () => ip('link del dev br1', 'link add name br1 type bridge', 'link set dev br1 up')],
      ['gone before it was seen', () => ip('link add name br2 type bridge', 'link del dev br2')],
      [
        'a bond',
        () =>
          ip(
            'link add name bond9 type bond mode active-backup miimon 100',
            'link set dev eth4 down',
            'link set dev eth4 master bond9',
            'link set dev bond9 up',
          ),
      ],
      ['its option by a file', () => writeFileSync('/sys/class/net/bond9/bonding/miimon', '200')],
      ['a second member', () => ip('link set dev eth5 down', 'link set dev eth5 master bond9')],
      ['one that leaves', () => ip('link set dev eth4 nomaster', 'link set dev eth4 up')],
      ['no bond', () => ip('link del dev bond9', 'link set dev eth5 up')],
    ];
    for (const [what, step] of steps) {
      step();
      await agrees(what);
    }
    assert.ok(mirror.counts.whole - whole <= 2, `${mirror.counts.whole - whole} whole reads`);
  });

  test('a device with a new name, one that moves to another namespace, and names that change places', async () => {
    ip('link add name br1 type bridge', 'link set dev eth3 master br1');
    await agrees('before');
    ip('link set dev br1 name br2');
    await agrees('renamed, and so in its port');
    ip(
      'link add name br1 type bridge',
      'link set dev br1 name br3',
      'link set dev br2 name br1',
      'link set dev br3 name br2',
    );
    await agrees('changed places');
    const away = spawn('unshare', ['--net', 'sleep', '60']);
    while (namespaceOf(away.pid) === namespaceOf(process.pid)) await pause(50);
    ip('link add link eth4 name eth4.7 type vlan id 7');
    await agrees('still here');
    ip(`link set dev eth4.7 netns ${away.pid}`);
    await agrees('moved away');
    away.kill();
  });

  test('HT-194 what the kernel cannot deliver is noticed, and nothing of it is missing from the next look', async () => {
    const { whole } = mirror.counts;
    const [monitor = ''] = monitors();
    process.kill(Number(monitor), 'SIGSTOP');
    for (let round = 0; round < 60; round += 1) ip(...flapping('eth3'));
    ip('link set dev eth3 mtu 1400');
    await agrees('while the monitor has not noticed yet');
    assert.equal(mirror.counts.why, 'the kernel dropped a message', 'known at once, not because a ring never came out');
    process.kill(Number(monitor), 'SIGCONT');
    await agrees('after the flood');
    assert.ok(mirror.counts.whole > whole, 'read whole');
    ip('link set dev eth3 mtu 1500');
    await agrees('and followed again');
  });

  test('HT-144 a thousand flaps of a link by another hand: the end is seen, and memory stays as it is', async () => {
    const all: string[] = [];
    for (let round = 0; round < 100; round += 1) all.push(...flapping('eth3'));
    await mirror.look();
    global.gc?.();
    const { heapUsed } = process.memoryUsage();
    for (let round = 0; round < 5; round += 1) {
      ip(...all);
      await agrees(`round ${round}`);
    }
    ip('link set dev eth3 mtu 1450');
    await agrees('the last word');
    ip('link set dev eth3 mtu 1500');
    assert.ok(process.memoryUsage().heapUsed - heapUsed < 32 * 1024 * 1024);
  });

  test('a monitor that dies leaves no gap', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (const pid of monitors()) process.kill(Number(pid), 'SIGKILL');
      ip('link add name br1 type bridge');
      await agrees('without a monitor');
      ip('link del dev br1');
      for (let wait = 0; wait < 40 && monitors().length === 0; wait += 1) await pause(100);
      assert.equal(monitors().length, 1, 'there is another');
      await agrees('with another');
    }
    const { whole } = mirror.counts;
    ip('link add name br1 type bridge', 'link set dev br1 up');
    await agrees('followed again');
    assert.equal(mirror.counts.whole, whole);
  });

  test('after a whole read that failed, all is read again', async (t) => {
    const { whole } = mirror.counts;
    mirror.pause();
    ip('link set dev eth3 mtu 1400');
    mirror.resume();
    t.mock.method(kernel.questions, 'all', () => Promise.reject(new Error('no answer')), { times: 1 });
    await assert.rejects(mirror.look(), /no answer/);
    await agrees('afterwards');
    assert.equal(mirror.counts.whole, whole + 2);
    ip('link set dev eth3 mtu 1500');
  });

  test('much at once is read whole, and so is what was done while events were not heard', async () => {
    const lines = Array.from({ length: 60 }, (_, at) => [
      `link add link eth3 name eth3.${100 + at} type vlan id ${100 + at}`,
      `link add name n${100 + at} type bridge`,
      `link set dev eth3.${100 + at} master n${100 + at} up`,
    ]).flat();
    ip(...lines);
    await agrees('sixty networks');
    mirror.pause();
    ip(...Array.from({ length: 60 }, (_, at) => `link set dev n${100 + at} mtu 1400`));
    mirror.resume();
    await agrees('after a pause');
    ip('link set dev n100 mtu 1300');
    await agrees('one of them');
  });

  test('whatever another hand does, at whatever moment, a look shows what a whole read shows', async () => {
    let seed = 20_251;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `x${name}`);
    const any = () => names[random(names.length)] ?? '';
    const acts: (() => string)[] = [
      () => `link add name ${any()} type bridge`,
      () => `link add link eth3 name ${any()} type vlan id ${1 + random(4)}`,
      () => `link add name ${any()} type bond`,
      () => `link del dev ${any()}`,
      () => `link set dev ${any()} up`,
      () => `link set dev ${any()} down`,
      () => `link set dev ${any()} mtu ${1300 + random(200)}`,
      () => `link set dev ${any()} master ${any()}`,
      () => `link set dev ${any()} nomaster`,
      () => `link set dev ${any()} name ${any()}`,
      () => `link set dev ${any()} alias a${random(9)}`,
      () => `addr add 10.0.${random(4)}.${1 + random(9)}/24 dev ${any()}`,
      () => `addr flush dev ${any()}`,
      () => `route add 10.9.${random(4)}.0/24 dev ${any()}`,
      () => `rule add priority ${4000 + random(3)} from 10.0.0.0/8 lookup 77`,
      () => `rule del priority ${4000 + random(3)}`,
    ];
    const { whole, parts } = mirror.counts;
    for (let round = 0; round < 80; round += 1) {
      const lines = Array.from({ length: 1 + random(5) }, () => acts[random(acts.length)]?.());
      // Most of them are refused, some half-way.
      spawnSync('ip', ['-force', '-batch', '-'], { input: `${lines.join('\n')}\n` });
      await agrees(`round ${round}: ${lines.join('; ')}`);
    }
    for (let wait = 4000; wait < 4003; wait += 1) spawnSync('ip', ['rule', 'del', 'priority', `${wait}`]);
    assert.ok(mirror.counts.parts - parts > 25, JSON.stringify(mirror.counts));
    assert.ok(mirror.counts.whole - whole < 40, JSON.stringify(mirror.counts));
    assert.deepEqual(said, []);
  });
});

function flapping(nic: string): string[] {
  return Array.from({ length: 5 }, () => [`link set dev ${nic} down`, `link set dev ${nic} up`]).flat();
}
