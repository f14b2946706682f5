import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bondMode, documentedBond, wholeBondOptions } from './bond-options.ts';
import { documentedBridge, wholeBridgeOptions } from './bridge-options.ts';
import { FIRST_TABLE, madeAlias, OUR_TABLES, readAlias, takenAlias, withTable } from './ownership.ts';

const bond = (named: Record<string, string>) => wholeBondOptions(documentedBond, named) as Record<string, string>;
const bridge = (named: Record<string, string>, stp = false) =>
  wholeBridgeOptions(documentedBridge, named, stp) as Record<string, string>;

test('an alias says what it was made from', () => {
  const ethtool = { features: { tx: 'on', 'rx-gro-list': 'off' }, ring: { rx: '256' } };
  const sysctls = { 'ipv4/rp_filter': '1', 'ipv4/arp_announce': '2', 'ipv6/accept_ra': '0', 'ipv6/addr_gen_mode': '1' };
  const alias = 'uplink, rack=4: "left" # 100 %';
  const taken = { mtu: 9000, ipv6: false, holder: 'bond0', ethtool, sysctls, alias };
  assert.match(takenAlias(taken), /^[\w.:,=+%-]+$/, 'in letters that every tool takes');
  assert.deepEqual(readAlias(takenAlias(taken)), { kind: 'nic', name: null, table: null, ...taken });
  const nothing = { ethtool: {}, sysctls: {}, alias: '' };
  const none = { ...nothing, mtu: null, ipv6: true, holder: null, table: null };
  assert.deepEqual(readAlias(madeAlias('bridge', 'blue')), { ...none, kind: 'bridge', name: 'blue' });
  assert.deepEqual(readAlias(madeAlias('bond', 'bond0', 'a b', 9000)), {
    ...none,
    ...{ kind: 'bond', name: 'bond0', mtu: 9000, holder: 'a%20b' },
  });
  assert.equal(
    readAlias(takenAlias({ ...nothing, mtu: 1500, ipv6: true, holder: null, alias: 'x'.repeat(61) }))?.alias,
    '',
  );
  assert.equal(readAlias('patchbay:nic:mtu=1500,as=%E0%A4%A')?.alias, '', 'another hand wrote into it');
  for (const table of [FIRST_TABLE, FIRST_TABLE + OUR_TABLES - 1]) {
    for (const one of [takenAlias(taken), madeAlias('bond', 'bond0', 'blue')]) {
      assert.deepEqual(readAlias(withTable(one, table)), { ...readAlias(one), table });
    }
  }
  for (const table of ['', '-1', '65536', 'x']) {
    assert.equal(readAlias(`patchbay:bridge:blue,table=${table}`)?.table, null, table);
  }
  for (const foreign of [null, '', 'uplink', 'patchbay', 'patchbay:dummy:x', 'x patchbay:nic:mtu=1']) {
    assert.equal(readAlias(foreign), null);
  }
});

test('bond options are whole: named, default, and a monitor in any case', () => {
  const options = bond({ mode: '802.3ad', lacp_rate: '1', num_unsol_na: '3', use_carrier: 'off' });
  assert.equal(options['mode'], '4');
  assert.equal(options['lacp_rate'], 'fast');
  assert.equal(options['num_grat_arp'], '3');
  assert.equal(options['use_carrier'], '0');
  assert.equal(options['miimon'], '100');
  assert.equal(options['primary'], undefined);
  const arp = bond({ mode: '1', arp_interval: '100', arp_ip_target: '192.0.2.1  192.0.2.2' });
  assert.deepEqual([arp['miimon'], arp['arp_ip_target']], ['0', '192.0.2.1,192.0.2.2']);
});

test('X10 what a bond cannot be is said in one sentence, with what it can', () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ mode: '7' }, /no bonding mode 7; it takes balance-rr \(0\), .* or balance-alb \(6\)$/],
    [{ mode: '1', lacp_rate: 'fast' }, /lacp_rate cannot be set in mode active-backup; it can in 802.3ad$/],
    [{ mode: '4', lacp_rate: 'quick' }, /it takes slow \(0\) or fast \(1\)$/],
    [{ mode: '4', lacp_rate: '2' }, /it takes slow \(0\) or fast \(1\)$/],
    [{ mode: '1', num_grat_arp: '256' }, /it takes 0 to 255$/],
    [{ mode: '1', arp_ip_target: '192.0.2.256' }, /it takes up to 16 IPv4 addresses/],
    [{ mode: '4', ad_actor_system: '01:00:5e:00:00:01' }, /it takes the MAC address of a single station/],
    [{ mode: '1', colour: 'red' }, /colour is not a bonding option of this kernel, which has miimon, updelay, /],
    [{ mode: '1', miimon: '100', arp_interval: '100' }, /exclude each other/],
    [{ mode: '1', miimon: '100', updelay: '150' }, /not a multiple/],
    [{ mode: '1', miimon: '100; reboot' }, /it takes 0 to 2147483647$/],
  ];
  for (const [options, sentence] of wrong) assert.match(String(bond(options)['error']), sentence);
  assert.equal(bondMode('balance-alb'), 6);
  assert.equal(bondMode(undefined), 0);
});

test('bridge options have names and values, and nothing else', () => {
  const options = bridge({ group_fwd_mask: '16384', multicast_snooping: '0', vlan_protocol: '0x88A8' });
  assert.equal(options['group_fwd_mask'], '0x4000');
  assert.equal(options['multicast_snooping'], '0');
  assert.equal(options['vlan_protocol'], '802.1ad');
  assert.equal(options['forward_delay'], '1500');
  assert.equal(bridge({ group_addr: '1:80:c2:0:0:e' })['group_addr'], '01:80:c2:00:00:0e');
  const wrong: [Record<string, string>, boolean, RegExp][] = [
    [{ colour: '1' }, false, /not a bridge option of this kernel, which has forward_delay, /],
    [{ priority: 'high' }, false, /it takes 0 to 65535/],
    [{ group_fwd_mask: '4' }, false, /it takes a mask of the bits 0xfff8/],
    [{ group_addr: '01:80:c2:00:00:02' }, false, /it takes an address from/],
    [{ forward_delay: '0' }, true, /with spanning tree; it takes 200 to 3000/],
  ];
  for (const [named, stp, sentence] of wrong) assert.match(String(bridge(named, stp)['error']), sentence);
});
