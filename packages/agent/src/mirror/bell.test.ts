/** Lines that iproute2 6.1 printed on Linux 6.1. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bellOf } from './bell.ts';
import { dropsOf } from './monitor.ts';

test('a line rings for what has to be read again', () => {
  const lines: [string, ReturnType<typeof bellOf>][] = [
    [
      '[LINK]8: eth3.9@eth3: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP group default \\    link/ether',
      { of: 'link', index: 8, name: 'eth3.9', gone: false },
    ],
    ['[LINK]9: brx: <BROADCAST,MULTICAST> mtu 1500', { of: 'link', index: 9, name: 'brx', gone: false }],
    ['[LINK]Deleted 9: bry: <BROADCAST> mtu 1500', { of: 'link', index: 9, name: 'bry', gone: true }],
    ['[ADDR]9: brx    inet 10.9.9.1/24 scope global brx\\', { of: 'link', index: 9, name: null, gone: false }],
    [
      '[LINK]9: bond0: <BROADCAST,UP> mtu 1500 qdisc noqueue state UP group default event BONDING FAILOVER \\    link/ether',
      { of: 'link', index: 9, name: 'bond0', gone: false, failover: true },
    ],
    [
      '[LINK]9: bond0: <BROADCAST,UP> mtu 1500 qdisc noqueue state UP group default event NOTIFY PEERS \\    link/ether',
      { of: 'link', index: 9, name: 'bond0', gone: false },
    ],
    // An address that goes is no device that goes.
    ['[ADDR]Deleted 9: brx    inet 10.9.9.1/24 scope global', { of: 'link', index: 9, name: null, gone: false }],
    ['[ROUTE]10.9.9.0/24 dev brx proto kernel scope link src 10.9.9.1 ', { of: 'routes' }],
    ['[ROUTE]Deleted fe80::/64 dev brx proto kernel metric 256 pref medium', { of: 'routes' }],
    ['[RULE]3200:\tfrom 10.9.9.0/24 lookup 77', { of: 'rules' }],
    ['[RULE]Deleted 3200:\tfrom 10.9.9.0/24 lookup 77', { of: 'rules' }],
    ['[NEXTHOP]id 1331101695 blackhole proto 199 ', { of: 'ring', id: 1331101695 }],
    ['[NEXTHOP]Deleted id 1331101695 blackhole proto 199 ', { of: 'ring', id: 1331101695 }],
  ];
  for (const [line, bell] of lines) assert.deepEqual(bellOf(line), bell, line);
});

test('what is not understood may be anything', () => {
  const odd = ['', '[LINK]', '[LINK]what', '[LINK]9', 'Unknown message: type=0x00000068', '[NEIGH]10.0.0.1 dev eth0'];
  for (const line of [...odd, '    link/ether 02:00:00:00:00:01']) assert.deepEqual(bellOf(line), { of: 'unknown' });
});

test('messages that the kernel could not deliver are counted for one socket', () => {
  const table = [
    'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode',
    '00000000ab68c32e 0   19         840405d1 0        0        0     2        134      192     ',
    '00000000ab68c32f 0   20         00000000 0        0        0     2        0        193     ',
  ].join('\n');
  assert.equal(dropsOf(table, '192'), 134);
  assert.equal(dropsOf(table, '193'), 0);
  assert.equal(dropsOf(table, '19'), null);
  assert.equal(dropsOf('sk Eth Pid Groups\n1 0 19 0', '192'), null, 'a kernel that shows it otherwise');
});
