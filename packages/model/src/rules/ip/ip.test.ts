import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IpAssignment, Ipv4Method, Ipv6Method } from '../../entities.ts';
import { attach, drift, ip, ipv4Static, ipv6Static, refusal, type Scene, update } from '../../testing.ts';

const scene: Scene = { networks: { red: {}, blue: { vlan: 5 } } };
const v4 = (...ipv4: IpAssignment<Ipv4Method>[]) => ({
  attachments: [attach('red', 'eth0', { ip: { ipv4, ipv6: [] } })],
});
const v6 = (...ipv6: IpAssignment<Ipv6Method>[]) => ({
  attachments: [attach('red', 'eth0', { ip: { ipv4: [], ipv6 } })],
});

test('IP-02 a role network has a method', () => {
  for (const role of ['display', 'migration', 'gluster', 'defaultRoute'] as const) {
    const roleScene = { networks: { red: { roles: [role] } } };
    assert.match(
      refusal('IP-02', roleScene, { attachments: [attach('red', 'eth0')] }),
      /red serves .* needs an IPv4 or IPv6 method/,
    );
    assert.equal(refusal('IP-02', roleScene, v4(ip('dhcp'))), '');
    assert.equal(refusal('IP-02', roleScene, v6(ipv6Static('2001:db8::2'))), '');
  }
  const management: Scene = { networks: { red: { roles: ['management'] } } };
  assert.equal(refusal('IP-02', management, { attachments: [attach('red', 'eth0')] }), '', 'management alone is none');
});

test('IP-02 a label brings DHCP to a role network', () => {
  const labelled: Scene = { networks: { red: { roles: ['display'], label: 'lab' } } };
  assert.equal(refusal('IP-02', labelled, { labels: { lab: 'eth0' } }), '');
});

test('IP-03 an address says how it is assigned', () => {
  assert.match(
    refusal('IP-03', scene, v4(ip<Ipv4Method>(null, { address: '10.0.0.1' }))),
    /red on eth0: assignment_method of the IPv4/,
  );
  assert.match(refusal('IP-03', scene, v6(ip<Ipv6Method>(null))), /IPv6/);
  assert.equal(refusal('IP-03', scene, v4(ip('none'))), '');
});

test('IP-04 a static address is complete', () => {
  assert.match(refusal('IP-04', scene, v4(ip('static', { netmask: '24' }))), /IPv4 address needs an address/);
  assert.match(refusal('IP-04', scene, v4(ip('static', { address: '10.0.0.1', netmask: ' ' }))), /needs a netmask/);
  assert.match(refusal('IP-04', scene, v6(ip('static', { address: '2001:db8::1' }))), /needs a prefix length/);
  assert.equal(refusal('IP-04', scene, v4(ipv4Static('10.0.0.1'))), '');
});

test('IP-05 details go with static only', () => {
  const details = [{ address: '10.0.0.1' }, { netmask: '24' }, { gateway: '10.0.0.254' }];
  for (const method of ['none', 'dhcp'] as const) {
    for (const detail of details)
      assert.match(refusal('IP-05', scene, v4(ip(method, detail))), new RegExp(`method ${method}`));
  }
  for (const method of ['none', 'dhcp', 'autoconf', 'poly_dhcp_autoconf'] as const) {
    assert.match(refusal('IP-05', scene, v6(ip(method, { netmask: '64' }))), /IPv6 method/);
    assert.equal(refusal('IP-05', scene, v6(ip(method))), '');
  }
});

test('IP-07 an IPv6 gateway belongs to the default route network', () => {
  const routed: Scene = {
    networks: { mgmt: { roles: ['defaultRoute'] }, red: {} },
    attached: { mgmt: { nic: 'eth1', ipv4: ip('dhcp') } },
  };
  const withGateway = v6(ipv6Static('2001:db8::2', '64', '2001:db8::1'));
  assert.match(refusal('IP-07', routed, withGateway), /only allowed on the default-route network mgmt/);
  assert.equal(refusal('IP-07', routed, v6(ipv6Static('2001:db8::2', '64', '::'))), '');
  const onRed: Scene = { networks: { red: { roles: ['defaultRoute'] } } };
  assert.equal(refusal('IP-07', onRed, withGateway), '');
  const changing: Scene = { ...routed, observed: drift('mgmt', { vdsmName: 'other' }) };
  assert.equal(refusal('IP-07', changing, withGateway), '', 'a role change is on its way');
});

test('IP-08 IPv4 addresses and gateways are dotted quads', () => {
  for (const bad of ['10.0.0', '10.0.0.256', '010.0.0.1', 'x', '2001:db8::1']) {
    assert.match(refusal('IP-08', scene, v4(ipv4Static(bad))), /is not an IPv4 address/, bad);
    assert.match(refusal('IP-08', scene, v4(ipv4Static('10.0.0.1', '24', bad))), /is not an IPv4 gateway/, bad);
  }
  assert.equal(refusal('IP-08', scene, v4(ipv4Static('10.0.0.1', '24', '10.0.0.254'))), '');
});

test('IP-09 an IPv4 mask is dotted or a prefix length', () => {
  for (const bad of ['33', 'x', '255.255.255', '/']) {
    assert.match(refusal('IP-09', scene, v4(ipv4Static('10.0.0.1', bad))), /not a netmask or prefix length/, bad);
  }
  assert.match(refusal('IP-09', scene, v4(ipv4Static('10.0.0.1', '255.0.255.0'))), /left of the zeros/);
  for (const fine of ['0', '24', '/24', '255.255.255.0', '32'])
    assert.equal(refusal('IP-09', scene, v4(ipv4Static('10.0.0.1', fine))), '');
});

test('IP-10 IPv6 addresses, gateways and prefixes', () => {
  assert.match(refusal('IP-10', scene, v6(ipv6Static('2001:db8:::1'))), /is not a valid IPv6 address/);
  assert.match(refusal('IP-10', scene, v6(ipv6Static('10.0.0.1'))), /is not a valid IPv6 address/);
  assert.match(refusal('IP-10', scene, v6(ipv6Static('2001:db8::1', '64', 'x'))), /is not a valid IPv6 gateway/);
  assert.match(refusal('IP-10', scene, v6(ipv6Static('2001:db8::1', '129'))), /0 to 128, got 129/);
  assert.equal(refusal('IP-10', scene, v6(ipv6Static('2001:DB8:0::1', '128', '2001:db8::2'))), '');
});

test('REQ-05 an IPv6 prefix is a whole number', () => {
  assert.match(refusal('REQ-05', scene, v6(ipv6Static('2001:db8::1', 'ffff::'))), /whole number, got ffff::/);
  assert.equal(refusal('REQ-05', scene, v6(ipv6Static('2001:db8::1', '64'))), '');
});

test('IP-11 one address per family', () => {
  assert.match(refusal('IP-11', scene, v4(ipv4Static('10.0.0.1'), ipv4Static('10.0.0.2'))), /only one IPv4 address/);
  assert.match(refusal('IP-11', scene, v6(ip('dhcp'), ip('autoconf'))), /only one IPv6 address/);
  assert.equal(refusal('IP-11', scene, v4(ip('dhcp'))), '');
});

test('IP-13 an address is on one host once', () => {
  const taken = { ...scene, attached: { blue: { nic: 'eth1', ipv4: ipv4Static('10.0.0.1') } } };
  assert.match(refusal('IP-13', taken, v4(ipv4Static('10.0.0.1'))), /10\.0\.0\.1 is already used by blue on host h1/);
  assert.equal(refusal('IP-13', taken, { ...v4(ipv4Static('10.0.0.1')), removed: ['att-blue'] }), '');
  const beside = (ipv4_addrs: string) =>
    refusal('IP-13', taken, {
      attachments: [
        attach('red', 'eth0', { ip: { ipv4: [ipv4Static('10.0.0.7')], ipv6: [] }, properties: { ipv4_addrs } }),
      ],
    });
  assert.match(beside('10.0.0.9/24,10.0.0.1/24'), /red: 10\.0\.0\.1 is already used by blue on host h1/);
  assert.match(beside('10.0.0.7/32'), /red: 10\.0\.0\.7 is already used by red on host h1/);
  assert.equal(beside('10.0.0.9/24,not one'), '');
  const elsewhere = { ...scene, addressesElsewhere: { '2001:db8::1': 'red on host h2' } };
  assert.match(refusal('IP-13', elsewhere, v6(ipv6Static('2001:db8:0::1'))), /used by red on host h2/);
  assert.equal(refusal('IP-13', elsewhere, v6(ipv6Static('2001:db8::2'))), '');
});

test('IP-14 an address can be given to a host', () => {
  for (const [address, mask, what] of [
    ['10.0.0.0', '24', 'the subnet itself'],
    ['10.0.0.255', '24', 'broadcast'],
    ['224.0.0.1', '24', 'multicast'],
    ['127.0.0.1', '8', 'loopback'],
    ['0.0.0.0', '24', 'unspecified'],
  ] as const) {
    assert.match(refusal('IP-14', scene, v4(ipv4Static(address, mask))), new RegExp(what), address);
  }
  for (const [address, mask] of [
    ['10.0.0.1', '24'],
    ['10.0.0.0', '31'],
    ['10.0.0.255', '16'],
    ['10.0.0.0', '32'],
  ] as const) {
    assert.equal(refusal('IP-14', scene, v4(ipv4Static(address, mask))), '', address);
  }
  for (const bad of ['::', '::1', 'ff02::1', '2001:db8::'])
    assert.match(refusal('IP-14', scene, v6(ipv6Static(bad))), /cannot be assigned/);
  assert.equal(refusal('IP-14', scene, v6(ipv6Static('2001:db8::1'))), '');
});

test('IP-15 the management address stays, unless the connectivity check guards the change', () => {
  const managed: Scene = {
    networks: { mgmt: { roles: ['management'] } },
    attached: { mgmt: { nic: 'eth0', ipv4: ipv4Static('10.0.0.5') } },
    host: { address: '10.0.0.5' },
  };
  const change = (checkConnectivity: boolean, ...ipv4: IpAssignment<Ipv4Method>[]) => ({
    checkConnectivity,
    attachments: [update('att-mgmt', { ip: { ipv4, ipv6: [] } })],
  });
  assert.match(
    refusal('IP-15', managed, change(false)),
    /may be unreachable at 10\.0\.0\.5; keep check_connectivity on/,
  );
  assert.match(refusal('IP-15', managed, change(false, ipv4Static('10.0.0.6'))), /may be unreachable/);
  assert.equal(refusal('IP-15', managed, change(true, ipv4Static('10.0.0.6'))), '');
  assert.equal(refusal('IP-15', managed, change(false, ip('dhcp'))), '', 'nobody knows');
  assert.equal(refusal('IP-15', managed, change(false, ipv4Static('10.0.0.5', '16'))), '');
  const overIpv6: Scene = { ...managed, host: { address: '2001:db8::5' } };
  assert.equal(refusal('IP-15', overIpv6, change(false)), '', 'IPv4 is not what reaches it');
  const byName: Scene = { ...managed, host: { address: 'h1.example.org' } };
  assert.match(refusal('IP-15', byName, change(false)), /unreachable at h1\.example\.org/);
  assert.equal(refusal('IP-15', byName, change(false, ipv4Static('10.0.0.6'))), '');
});

test('IP-06 no IPv6 autoconfiguration on el8', () => {
  const el8: Scene = { ...scene, host: { kernel: '4.18.0-553.el8.x86_64' } };
  for (const method of ['autoconf', 'poly_dhcp_autoconf'] as const) {
    assert.match(refusal('IP-06', el8, v6(ip(method))), /red on eth0: IPv6 .* host h1 \(4\.18/);
    assert.equal(refusal('IP-06', scene, v6(ip(method))), '');
  }
  assert.equal(refusal('IP-06', el8, v6(ip('dhcp'))), '');
});
