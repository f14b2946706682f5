import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelOp } from '@patchbay/protocol';
import { isDone } from './already-done.ts';
import { describe } from './describe.ts';
import { ipLine } from './ip-line.ts';
import { runsOf } from './runs.ts';

const bridge: KernelOp = {
  kind: 'link.add',
  name: 'blue',
  type: 'bridge',
  mac: '02:00:00:00:00:01',
  base: null,
  vlan: null,
  options: { stp_state: '1', multicast_snooping: '0' },
};
const route = {
  family: 6,
  table: 254,
  destination: 'default',
  gateway: 'fe80::1',
  device: 'eth0',
  metric: null,
} as const;

test('each operation is one line that a person could have typed', () => {
  const lines: [KernelOp, string][] = [
    [bridge, 'link add name blue address 02:00:00:00:00:01 group 20550 type bridge stp_state 1 mcast_snooping 0'],
    [
      { kind: 'link.add', name: 'eth0.0', type: 'vlan', mac: null, base: 'eth0', vlan: 0, options: {} },
      'link add link eth0 name eth0.0 group 20550 type vlan id 0',
    ],
    [
      { kind: 'link.set', name: 'eth0', mtu: 9000, alias: '', master: null, up: false },
      'link set dev eth0 mtu 9000 alias "" nomaster down',
    ],
    [
      {
        kind: 'link.set',
        name: 'eth0',
        mac: '02:00:00:00:00:02',
        group: 20551,
        alias: 'patchbay:nic:mtu=1500,ipv6=on',
        master: 'blue',
        up: true,
      },
      'link set dev eth0 address 02:00:00:00:00:02 group 20551 alias patchbay:nic:mtu=1500,ipv6=on master blue up',
    ],
    [{ kind: 'link.del-group', group: 20551, names: ['a'] }, 'link del group 20551'],
    [
      { kind: 'addr.add', device: 'blue', family: 4, address: '192.0.2.5', prefix: 24, nodad: true, validFor: 60 },
      'addr replace 192.0.2.5/24 broadcast + dev blue valid_lft 60 preferred_lft 60',
    ],
    [
      { kind: 'addr.add', device: 'blue', family: 6, address: '2001:db8::5', prefix: 64, nodad: true, validFor: null },
      'addr replace 2001:db8::5/64 dev blue nodad',
    ],
    [
      {
        ...{ kind: 'addr.add', device: 'blue', family: 6, address: '2001:db8::5', prefix: 128, nodad: false },
        ...{ validFor: null, preferredFor: 60 },
      },
      'addr replace 2001:db8::5/128 dev blue valid_lft forever preferred_lft 60',
    ],
    [{ kind: 'route.replace', ...route }, 'route replace ::/0 via fe80::1 dev eth0 table 254 proto 199'],
    [{ kind: 'route.del', ...route, protocol: '199' }, 'route del ::/0 via fe80::1 dev eth0 table 254 proto 199'],
    [
      {
        ...{ kind: 'rule.add', family: 4, priority: 3200, from: '192.0.2.0/24', to: null, table: 20_001 },
        protocol: 'boot',
      },
      'rule add priority 3200 from 192.0.2.0/24 lookup 20001 protocol boot',
    ],
    [
      {
        kind: 'route.replace',
        ...route,
        family: 4,
        gateway: '192.0.2.1',
        metric: 5,
        protocol: 'dhcp',
        source: '192.0.2.5',
        onlink: true,
      },
      'route replace 0.0.0.0/0 via 192.0.2.1 dev eth0 table 254 metric 5 proto dhcp src 192.0.2.5 onlink',
    ],
    [
      {
        ...{ kind: 'route.replace', ...route, gateway: null, protocol: 'bird' },
        nexthops: [
          { gateway: 'fe80::1', device: 'eth0', weight: 1 },
          { gateway: null, device: 'eth1', weight: 3, onlink: true },
        ],
      },
      'route replace ::/0 table 254 proto bird nexthop via fe80::1 dev eth0 weight 1 nexthop dev eth1 weight 3 onlink',
    ],
    [
      { kind: 'route.replace', ...route, family: 4, protocol: 'bgp' },
      'route replace 0.0.0.0/0 via inet6 fe80::1 dev eth0 table 254 proto bgp',
    ],
    [
      {
        ...{ kind: 'route.replace', ...route, gateway: null, protocol: 'static', metrics: { mtu: 1400, initcwnd: 20 } },
        nexthops: [{ gateway: 'fe80::1', device: 'eth0', weight: 1 }],
      },
      'route replace ::/0 table 254 proto static mtu 1400 initcwnd 20 nexthop via fe80::1 dev eth0 weight 1',
    ],
    [
      { kind: 'route.del', ...route, family: 4, destination: '10.0.0.0/8' },
      'route del 10.0.0.0/8 via inet6 fe80::1 dev eth0 table 254',
    ],
    [
      {
        ...{ kind: 'route.replace', ...route, family: 4, gateway: null, protocol: 'bgp' },
        nexthops: [
          { gateway: 'fe80::1', device: 'eth0', weight: 1 },
          { gateway: '192.0.2.1', device: 'eth1', weight: 1 },
        ],
      },
      'route replace 0.0.0.0/0 table 254 proto bgp nexthop via inet6 fe80::1 dev eth0 weight 1 nexthop via 192.0.2.1 dev eth1 weight 1',
    ],
    [{ kind: 'route.del', ...route, device: null }, 'route del ::/0 via fe80::1 table 254'],
    [
      { kind: 'rule.add', family: 4, priority: 3200, from: '192.0.2.0/24', to: null, table: 0x4f560000 },
      'rule add priority 3200 from 192.0.2.0/24 lookup 1331036160 protocol 199',
    ],
    [
      { kind: 'bond.option', name: 'bond0', option: 'peer_notif_delay', value: '100' },
      'link set dev bond0 type bond peer_notify_delay 100',
    ],
  ];
  for (const [op, line] of lines) assert.equal(ipLine(op), line);
});

test('what another hand wrote into an alias never becomes a line', () => {
  const foreign: KernelOp = { kind: 'link.set', name: 'eth1', alias: 'to "rack 4" # left', up: true };
  assert.deepEqual(runsOf([foreign]), [
    { executor: 'ip', ops: [{ kind: 'link.set', name: 'eth1', up: true }] },
    { executor: 'file', ops: [{ kind: 'link.set', name: 'eth1', alias: 'to "rack 4" # left' }] },
  ]);
});

test('a word that is not what it should be never becomes a line', () => {
  const nasty = ['x y', 'x\nlink del eth0', 'x;y', '"x"', "x'y", 'x\\y', '#x', '-x', '', 'g'.repeat(16), '$(x)', 'x/y'];
  for (const text of nasty) {
    assert.throws(() => ipLine({ ...bridge, name: text }), /is not a device/, text);
    assert.throws(() => ipLine({ kind: 'link.set', name: 'eth0', master: text }), /is not a device/);
    assert.throws(
      () => ipLine({ kind: 'addr.del', device: 'eth0', family: 4, address: text, prefix: 24 }),
      /is not a subnet/,
    );
    assert.throws(() => ipLine({ kind: 'route.del', ...route, gateway: text }), /is not a ip/);
    assert.throws(() => ipLine({ kind: 'bond.option', name: 'bond0', option: text, value: '1' }), /is not an option/);
    if (text !== '' && text !== '-x' && text.length < 16)
      assert.throws(() => ipLine({ kind: 'link.set', name: 'eth0', alias: text }), /is not a alias/);
  }
  assert.throws(() => ipLine({ ...bridge, mac: '02:00' }), /is not a mac/);
  const metrics = { 'mtu 1400\nlink del eth0': 1 };
  assert.throws(() => ipLine({ kind: 'route.replace', ...route, metrics }), /is not a metric of a route/);
  assert.throws(() => ipLine({ kind: 'dns.set', nameservers: [] }), /not an operation of ip/);
});

test('runs are as long as one executor can make them', () => {
  const sysctl: KernelOp = { kind: 'sysctl.set', key: 'net/ipv6/conf/blue/disable_ipv6', value: '1' };
  const up: KernelOp = { kind: 'link.set', name: 'blue', up: true };
  const rule6: KernelOp = { kind: 'rule.add', family: 6, priority: 1, from: '::/0', to: null, table: 1 };
  const runs = runsOf([
    bridge,
    up,
    sysctl,
    sysctl,
    up,
    rule6,
    { kind: 'bond.option', name: 'b', option: 'primary', value: '' },
  ]);
  assert.deepEqual(
    runs.map(({ executor, ops }) => `${executor} ${ops.length}`),
    ['ip 2', 'file 2', 'ip 1', 'ip6 1', 'file 1'],
  );
});

test('only removals may find their work done', () => {
  assert.ok(isDone({ kind: 'link.del', name: 'x' }, 'Cannot find device "x"'));
  assert.ok(!isDone({ kind: 'link.del', name: 'x' }, 'Operation not permitted'));
  assert.ok(!isDone({ kind: 'link.set', name: 'x', up: true }, 'Cannot find device "x"'));
  assert.ok(isDone({ kind: 'port.forward', name: 'x' }, 'RTNETLINK answers: Network is down'));
  assert.ok(!isDone({ kind: 'port.forward', name: 'x' }, 'RTNETLINK answers: Device or resource busy'));
});

test('the preview speaks of devices, not of flags', () => {
  assert.equal(describe(bridge), 'Make bridge blue');
  assert.equal(
    describe({ kind: 'link.set', name: 'eth0', master: 'blue', up: true }),
    'On eth0: bring up, plug into blue',
  );
  assert.equal(describe({ kind: 'route.replace', ...route }), 'Route IPv6 default through fe80::1 by eth0');
});
