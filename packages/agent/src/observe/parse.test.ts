/** The parsers on what iproute2 6.1 printed on Linux 6.1, and on what it should never print. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseNameservers } from '../dns/resolv-conf-text.ts';
import { parseLinks } from './links.ts';
import { parseRoutes, parseRules } from './routes.ts';
import { KERNEL_TABLES } from './table-names.ts';

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8');
const links = parseLinks(fixture('addr'));
const link = (name: string) => links.find((one) => one.name === name);

test('a nic, a member and what the bond lends it', () => {
  const { kind, slave, mac, permanentMac, master, base } = link('eth1') ?? {};
  assert.deepEqual(
    { kind, slave, mac, permanentMac, master, base },
    {
      kind: 'nic',
      slave: { state: 'BACKUP', miiUp: true, aggregator: null },
      mac: '02:00:00:01:00:00',
      permanentMac: '02:00:00:01:00:01',
      master: 'bond0',
      base: null,
    },
  );
  assert.equal(link('eth2')?.permanentMac, '02:00:00:01:00:02');
  assert.equal(link('lo')?.kind, 'other');
});

test('bonds with options by their sysfs names, the mode as a number', () => {
  const { bond, group } = link('bond0') ?? {};
  assert.equal(group, '20550');
  assert.deepEqual(bond?.slaves, ['eth0', 'eth1']);
  assert.equal(bond?.activeSlave, 'eth0');
  assert.equal(bond?.options['mode'], '1');
  assert.equal(bond?.options['arp_validate'], 'none');
  assert.equal(bond?.options['num_grat_arp'], '1');
  assert.equal(bond?.options['lacp_rate'], 'slow', 'what the kernel shows, though it means nothing here');
  assert.equal(bond?.options['ad_user_port_key'], undefined);
  const lacp = link('bond1')?.bond;
  assert.equal(lacp?.options['lacp_rate'], 'slow');
  assert.equal(lacp?.aggregator, 1);
  assert.equal(lacp?.partnerMac, '00:00:00:00:00:00');
});

test('a VLAN of 802.1ad has no tag of ours, but the device below', () => {
  const info = { info_kind: 'vlan', info_data: { protocol: '802.1ad', id: 10 } };
  const entry = { ifindex: 9, ifname: 'outer', link: 'eth1', link_type: 'ether', linkinfo: info };
  const [outer] = parseLinks(JSON.stringify([entry]));
  assert.deepEqual([outer?.kind, outer?.base, outer?.vlan], ['vlan', 'eth1', null]);
});

test('the device below is one with which the link would go, in this network namespace', () => {
  const baseOf = (kind: string, entry: object, data: object = {}) => {
    const linkinfo = { info_kind: kind, info_data: data };
    return parseLinks(JSON.stringify([{ ifindex: 9, ifname: 'upper', link_type: 'ether', ...entry, linkinfo }]))[0]
      ?.base;
  };
  for (const kind of ['vlan', 'macvlan', 'macvtap', 'ipvlan', 'ipvtap', 'macsec']) {
    assert.equal(baseOf(kind, { link: 'eth1' }), 'eth1', kind);
    assert.equal(baseOf(kind, { link_index: 3, link_netnsid: 0 }), null, `${kind} that came from elsewhere`);
  }
  assert.equal(baseOf('vxlan', {}, { id: 5, link: 'eth1' }), 'eth1');
  assert.equal(baseOf('vxlan', {}, { id: 5 }), null);
  // The number is one of the other namespace, the name that of what has the number here.
  assert.equal(baseOf('vxlan', { link_index: 9, link_netnsid: 0 }, { id: 5, link: 'eth1' }), null);
  for (const kind of ['gre', 'sit', 'veth']) assert.equal(baseOf(kind, { link: 'eth1' }), null, kind);
});

test('a VLAN device knows its base and its bridge, a bridge its options and addresses', () => {
  const vlan = link('bond0.10');
  assert.deepEqual([vlan?.kind, vlan?.base, vlan?.vlan, vlan?.master], ['vlan', 'bond0', 10, 'br10']);
  assert.equal(vlan?.alias, 'patchbay:vlan:br10');
  const bridge = link('br10');
  assert.equal(bridge?.bridge?.stp, false);
  assert.equal(bridge?.bridge?.options['forward_delay'], '400');
  assert.equal(bridge?.bridge?.options['group_fwd_mask'], '0x0');
  assert.deepEqual(
    bridge?.addresses.map(({ address, origin, validFor }) => [address, origin, validFor]),
    [
      ['192.0.2.5', 'static', null],
      ['192.0.2.6', 'static', 494],
      ['2001:db8::5', 'static', null],
      ['fe80::ff:fe01:0', 'kernel', null],
    ],
  );
});

test('an address of a router advertisement is told apart, and so is a lease that is asked about; tentative and duplicate are seen', () => {
  const address = { family: 'inet6', local: '2001:db8::7', prefixlen: 64, scope: 'global', valid_life_time: 120 };
  const infos = [
    { ...address, dynamic: true, tentative: true },
    { ...address, dadfailed: true },
    { ...address, valid_life_time: 4294967295, preferred_life_time: 90, tentative: true },
    // Another hand’s way to say that it is not to be used for what begins.
    { ...address, valid_life_time: 4294967295, preferred_life_time: 0 },
    { ...address, valid_life_time: 4294967295, preferred_life_time: 0, tentative: true, dadfailed: true },
  ];
  const [one] = parseLinks(JSON.stringify([{}, { ifname: 'e', ifindex: 1, addr_info: [...infos, {}, 5] }]));
  assert.deepEqual(
    one?.addresses.map(({ origin, tentative, dadFailed, validFor }) => [origin, tentative, dadFailed, validFor]),
    [
      ['ra', true, false, 120],
      ['static', false, true, 120],
      ['dhcp', true, false, null],
      ['static', false, false, null],
      ['dhcp', true, true, null],
    ],
  );
});

test('a link-local address that somebody has set is told from those that the kernel makes', () => {
  const made = { family: 'inet6', prefixlen: 64, scope: 'link', valid_life_time: 4294967295 };
  const infos = [
    { ...made, local: 'fe80::1' },
    { ...made, local: 'fe80::5054:ff:fe00:1' },
    // Of a MAC that the link had before.
    { ...made, local: 'fe80::42:acff:fe11:2' },
    { ...made, local: 'fe80::2ff8:238f:2341:567d', 'stable-privacy': true },
    { ...made, local: 'fe80::7', protocol: 'kernel_ll' },
    // A manager makes it anew, with its route.
    { ...made, local: 'fe80::2ff8:238f:2341:567e', noprefixroute: true },
    // A mark that this iproute2 has no name for.
    { ...made, local: 'fe80::2ff8:238f:2341:567f', ifa_flags: '1000' },
    // A device of several that share a MAC.
    { ...made, local: 'fe80::5254:0:300:1' },
    { ...made, local: '2001:db8::1', scope: 'global' },
  ];
  const entry = (address: string) => ({ ifname: 'e', ifindex: 1, address, addr_info: infos });
  const manual = (mac: string) =>
    parseLinks(JSON.stringify([entry(mac)])).flatMap(({ addresses }) =>
      addresses.flatMap((one) => (one.manual === true ? [one.address] : [])),
    );
  assert.deepEqual(manual('52:54:00:00:00:01'), ['fe80::1']);
  assert.deepEqual(manual('02:00:00:00:00:01'), ['fe80::1', 'fe80::5254:0:300:1']);
  assert.deepEqual(manual('::'), ['fe80::1', 'fe80::5254:0:300:1']);
});

test('a bridge below a spanning-tree root keeps the root’s timers to itself', () => {
  const data = { stp_state: 1, root_port: 1, topology_change: 1, forward_delay: 400, ageing_time: 800, priority: 1 };
  const entry = { ifname: 'b', ifindex: 1, linkinfo: { info_kind: 'bridge', info_data: data } };
  assert.deepEqual(parseLinks(JSON.stringify([entry]))[0]?.bridge, { stp: true, options: { priority: '1' } });
});

test('bridges that show the same share what they show, in which nobody can change anything', () => {
  const entry = (ifindex: number, data: object) => ({
    ...{ ifname: `b${ifindex}`, ifindex },
    linkinfo: { info_kind: 'bridge', info_data: data },
  });
  const [one, other, third] = parseLinks(
    JSON.stringify([entry(1, { priority: 1 }), entry(2, { priority: 1 }), entry(3, { priority: 2 })]),
  ).map(({ bridge }) => bridge?.options ?? assert.fail());
  assert.equal(one, other);
  assert.deepEqual(third, { priority: '2' });
  assert.ok(Object.isFrozen(one));
});

test('routes of both families, without what the kernel keeps for itself', () => {
  const routes = parseRoutes(fixture('route'), KERNEL_TABLES);
  assert.deepEqual(
    routes.filter(({ destination }) => destination === 'default').map((r) => [r.family, r.table, r.gateway, r.metric]),
    [
      [4, 0x4f560000, '192.0.2.1', null],
      [4, 254, '192.0.2.1', 100],
      [6, 254, '2001:db8::1', 1024],
    ],
  );
  assert.deepEqual(
    routes.find(({ protocol }) => protocol === 'dhcp'),
    {
      family: 4,
      table: 254,
      destination: '10.0.0.0/8',
      gateway: '198.51.100.9',
      device: 'eth2',
      protocol: 'dhcp',
      metric: null,
      source: '198.51.100.2',
    },
  );
  assert.ok(routes.every(({ table, destination }) => table !== 255 && !destination.startsWith('fe80')));
});

test('a route with several ways has them all, also while one of them is down', () => {
  const hops = [
    { gateway: '192.0.2.9', dev: 'eth1', weight: 1, flags: ['dead', 'linkdown'] },
    { via: { family: 'inet6', host: 'fe80::9' }, dev: 'eth2', weight: 3, flags: ['onlink'] },
  ];
  const text = JSON.stringify([{ dst: '10.0.0.0/8', protocol: 'static', flags: [], nexthops: hops }]);
  const [route] = parseRoutes(text, KERNEL_TABLES);
  assert.deepEqual([route?.gateway, route?.device], [null, null]);
  assert.deepEqual(route?.nexthops, [
    { gateway: '192.0.2.9', device: 'eth1', weight: 1 },
    { gateway: 'fe80::9', device: 'eth2', weight: 3, onlink: true },
  ]);
});

test('what a route says to connections is kept, as far as ip takes it back as it shows it', () => {
  const metrics = [{ mtu: 1400, advmss: 1300, initcwnd: 20, rto_min: 300, ecn: null, congestion: 'cubic' }];
  const both = [
    { dst: '10.0.0.0/8', dev: 'eth1', metrics },
    { dst: '10.1.0.0/16', dev: 'eth1', metrics: [{}, null] },
  ];
  assert.deepEqual(
    parseRoutes(JSON.stringify(both), KERNEL_TABLES).map((route) => route.metrics),
    [{ mtu: 1400, advmss: 1300, initcwnd: 20 }, undefined],
  );
});

test('routes and rules of a table that an administrator has named', () => {
  const tables = new Map([...KERNEL_TABLES, ['isp2', 200]]);
  const routes = '[{"dst":"default","gateway":"198.51.100.1","dev":"eth1","table":"isp2","protocol":"static"}]';
  assert.deepEqual(
    parseRoutes(routes, tables).map(({ table, gateway }) => [table, gateway]),
    [[200, '198.51.100.1']],
  );
  const rules = '[{"priority":100,"src":"198.51.100.0","srclen":24,"table":"isp2"}]';
  assert.deepEqual(
    parseRules(rules, 4, tables).map(({ table, from }) => [table, from]),
    [[200, '198.51.100.0/24']],
  );
});

test('rules say no family; the dump does', () => {
  const ours = [
    ...parseRules(fixture('rule-4'), 4, KERNEL_TABLES),
    ...parseRules(fixture('rule-6'), 6, KERNEL_TABLES),
  ].filter(({ protocol }) => protocol === '199');
  assert.deepEqual(
    ours.map(({ family, priority, from, to, table }) => [family, priority, from, to, table]),
    [
      [4, 3200, '192.0.2.0/24', null, 0x4f560000],
      [4, 3200, null, '192.0.2.0/24', 0x4f560000],
      [6, 3200, '2001:db8::/64', null, 0x4f560000],
    ],
  );
  const [one] = parseRules('[{"priority":1,"src":"192.0.2.1","table":"main"}]', 4, KERNEL_TABLES);
  assert.equal(one?.from, '192.0.2.1/32');
});

test('what is no JSON, or no list, is nothing', () => {
  for (const text of ['', '[', '{}', 'null', '[null,3,"x",[],{}]', '[{"ifname":3}]']) {
    assert.deepEqual(parseLinks(text), []);
    assert.deepEqual(parseRoutes(text, KERNEL_TABLES), []);
    assert.deepEqual(parseRules(text, 4, KERNEL_TABLES), []);
  }
});

test('name servers in order, once each, with zones, and never from a comment', () => {
  const text =
    '# nameserver 1.1.1.1\nnameserver 192.0.2.1\n\tnameserver\tfe80::1%eth0\nnameserver 192.0.2.1\nsearch x\n';
  assert.deepEqual(parseNameservers(text), ['192.0.2.1', 'fe80::1%eth0']);
});
