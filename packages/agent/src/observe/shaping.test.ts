import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minorOf } from '@patchbay/protocol';
import { isOrdinaryQueue, parseShaping } from './shaping.ts';

/** Recorded on Linux 6.1 with iproute2 6.1, as `tc -batch` answers for eth1. */
const RECORDED = `qdisc hfsc 1389: root refcnt 2 default 1388 
qdisc fq_codel 1388: parent 1389:1388 limit 10240p flows 1024 quantum 1514 target 5ms interval 100ms memory_limit 32Mb ecn drop_batch 64 
qdisc fq_codel fb: parent 1389:fb limit 10240p flows 1024 quantum 1514 target 5ms interval 100ms memory_limit 32Mb ecn drop_batch 64 
class hfsc 1389:fb parent 1389: leaf fb: rt m1 0bit d 0us m2 9Mbit ls m1 0bit d 0us m2 80bit ul m1 0bit d 0us m2 11Mbit 
class hfsc 1389: root 
class hfsc 1389:1388 parent 1389: leaf 1388: ls m1 0bit d 0us m2 80bit 
class fq_codel 1388:1b9 parent 1388: 
filter parent 1389: protocol all pref 251 basic chain 0 
filter parent 1389: protocol all pref 251 basic chain 0 handle 0x1 flowid 1389:fb 
  meta(vlan mask 0x00000fff eq 251)

filter parent 1389: protocol all pref 5000 u32 chain 0 
filter parent 1389: protocol all pref 5000 u32 chain 0 fh 800: ht divisor 1 
filter parent 1389: protocol all pref 5000 u32 chain 0 fh 800::800 order 2048 key ht 800 bkt 0 *flowid 1389:1388 not_in_hw 
  match 00000000/00000000 at 0
`;

const shaping = {
  classes: [
    { minor: 251, linkshare: 80, upperlimit: 11_000_000, realtime: 9_000_000, fair: true },
    { minor: 5000, linkshare: 80, upperlimit: null, realtime: null, fair: true },
  ],
  filters: [
    { preference: 251, vlan: 251, minor: 251 },
    { preference: 5000, vlan: null, minor: 5000 },
  ],
};

test('What tc says of one device, and of several', () => {
  assert.deepEqual(parseShaping(RECORDED), [shaping]);
  const foreign = 'qdisc hfsc 8001: root refcnt 2 default 0x10 \nclass hfsc 8001: root \n';
  assert.deepEqual(parseShaping(foreign + RECORDED), [null, shaping]);
  const other = RECORDED.replace('default 1388', 'default 10');
  assert.deepEqual(parseShaping(other + RECORDED), [null, shaping], 'our handle with another default is not ours');
});

test('A curve that begins with another rate', () => {
  const line =
    'class hfsc 1389:1388 parent 1389: leaf 1388: ls m1 400bit d 1.5ms m2 240bit ul m1 0bit d 0us m2 20Mbit ';
  const root = 'qdisc hfsc 1389: root refcnt 2 default 1388 ';
  assert.deepEqual(parseShaping(`${root}\n${line}\n`)[0]?.classes, [
    {
      ...{ minor: 5000, linkshare: 240, upperlimit: 20_000_000, realtime: null, fair: true },
      bursts: { linkshare: { rate: 400, microseconds: 1500 } },
    },
  ]);
});

test('Half-made shaping, and how other versions and VDSM spell it', () => {
  assert.deepEqual(parseShaping('qdisc hfsc 1389: root refcnt 2 default 0x1388 \nclass hfsc 1389: root \n'), [
    { classes: [], filters: [] },
  ]);
  const half = `qdisc hfsc 1389: root refcnt 2 default 1388
class hfsc 1389:5 parent 1389: sc m1 0bit d 0us m2 10Mbit ul m1 0bit d 0us m2 17179Mbit
filter parent 1389: protocol all pref 5 basic chain 0 handle 0x1 flowid 1389:5
  meta(vlan eq 5)
`;
  assert.deepEqual(parseShaping(half), [
    {
      classes: [{ minor: 5, linkshare: 10_000_000, upperlimit: 17_179_000_000, realtime: 10_000_000, fair: false }],
      filters: [{ preference: 5, vlan: 5, minor: 5 }],
    },
  ]);
});

test('Every VLAN has a class of its own, apart from the untagged one', () => {
  const minors = [null, ...Array.from({ length: 4095 }, (_, vlan) => vlan)].map(minorOf);
  assert.equal(new Set(minors).size, 4096);
  assert.ok(minors.every((minor) => minor > 0 && minor <= 0xffff));
});

test('A queue that a kernel gives by itself is told from one that somebody set', () => {
  for (const one of ['noqueue', 'mq', 'fq_codel']) assert.ok(isOrdinaryQueue(one), one);
  for (const one of ['htb', 'tbf', 'cake', 'hfsc']) assert.ok(!isOrdinaryQueue(one), one);
});
