import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bondMode, wholeBondOptions } from './bond-options.ts';
import { wholeBridgeOptions } from './bridge-options.ts';
import { aliasOf, FIRST_TABLE, type Mark, madeMark, readAlias, takenMark } from './ownership.ts';

test('an alias says what it was made from', () => {
  const ethtool = { features: { tx: 'on', 'rx-gro-list': 'off' }, ring: { rx: '256' } };
  const sysctls = { 'ipv4/rp_filter': '0', 'ipv4/arp_announce': '2', 'ipv6/autoconf': '1' };
  const marks: [Mark, string][] = [
    [takenMark(9000, false, 'bond0'), 'patchbay:nic:mtu=9000,ipv6=off,for=bond0'],
    [
      { ...takenMark(9000, true, null, ethtool), sysctls },
      'patchbay:nic:mtu=9000,ipv6=on,v4=0..2.,v6=..1.,was=features.rx-gro-list.off+features.tx.on+ring.rx.256',
    ],
    [madeMark('bridge', 'blue'), 'patchbay:bridge:blue'],
    [{ ...madeMark('bond', 'bond0', 'blue'), table: FIRST_TABLE + 3 }, 'patchbay:bond:bond0,for=blue,table=3'],
  ];
  for (const [mark, alias] of marks) {
    assert.equal(aliasOf(mark), alias);
    assert.deepEqual(readAlias(alias), mark);
  }
  for (const table of ['', '-1', '65536', 'x']) {
    assert.equal(readAlias(`patchbay:bridge:blue,table=${table}`)?.table, null, table);
  }
  for (const foreign of [null, '', 'uplink', 'patchbay', 'patchbay:dummy:x', 'x patchbay:nic:mtu=1']) {
    assert.equal(readAlias(foreign), null);
  }
});

test('bond options are whole: named, default, and a monitor in any case', () => {
  const options = wholeBondOptions({ mode: '802.3ad', lacp_rate: '1', num_unsol_na: '3' }) as Record<string, string>;
  assert.equal(options['mode'], '4');
  assert.equal(options['lacp_rate'], 'fast');
  assert.equal(options['num_grat_arp'], '3');
  assert.equal(options['miimon'], '100');
  assert.equal(options['primary'], undefined);
  const arp = wholeBondOptions({ mode: '1', arp_interval: '100', arp_ip_target: '192.0.2.1  192.0.2.2' });
  assert.deepEqual([arp['miimon' as never], arp['arp_ip_target' as never]], ['0', '192.0.2.1,192.0.2.2']);
});

test('what a bond cannot be is said in one sentence', () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ mode: '7' }, /no bonding mode 7/],
    [{ mode: '1', lacp_rate: 'fast' }, /lacp_rate has no meaning in mode active-backup/],
    [{ mode: '4', lacp_rate: 'quick' }, /one of slow, fast/],
    [{ mode: '1', colour: 'red' }, /colour is not a bonding option/],
    [{ mode: '1', miimon: '100', arp_interval: '100' }, /exclude each other/],
    [{ mode: '1', miimon: '100', updelay: '150' }, /not a multiple/],
    [{ mode: '1', miimon: '100; reboot' }, /not a value/],
  ];
  for (const [options, sentence] of wrong) assert.match(String(wholeBondOptions(options)['error' as never]), sentence);
  assert.equal(bondMode('balance-alb'), 6);
  assert.equal(bondMode(undefined), 0);
});

test('bridge options have names and numbers, and nothing else', () => {
  const options = wholeBridgeOptions({ group_fwd_mask: '16384', multicast_snooping: '0' }) as Record<string, string>;
  assert.equal(options['group_fwd_mask'], '0x4000');
  assert.equal(options['multicast_snooping'], '0');
  assert.equal(options['forward_delay'], '1500');
  assert.ok('error' in wholeBridgeOptions({ colour: '1' }));
  assert.ok('error' in wholeBridgeOptions({ priority: 'high' }));
});
