import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AddressReport, HostReport, LinkReport } from '@patchbay/protocol';
import { presentIp } from './present-ip.ts';
import { anAddress as address, aReport } from './testing.ts';

const route = (gateway: string, part: Partial<HostReport['routes'][number]> = {}): HostReport['routes'][number] => ({
  ...{ family: gateway.includes(':') ? 6 : 4, table: 254, destination: 'default', gateway, device: 'eth0' },
  ...{ protocol: 'boot', metric: null },
  ...part,
});
function present(addresses: AddressReport[], routes: HostReport['routes'] = [], kernel = '6.1', routed = true) {
  const report = { ...aReport(), kernel, routes };
  const { ip, properties } = presentIp(report, { name: 'eth0', addresses } as LinkReport, routed);
  const said = ({ method, ...rest }: { method: string | null }) =>
    [method, ...Object.values(rest).filter((one) => one !== null)].join(' ');
  return [...[...ip.ipv4, ...ip.ipv6].map(said), ...Object.values(properties)];
}

const four = address('192.0.2.5/24');
const ra = { origin: 'ra', validFor: 7000 } as const;

describe('how a device has its addresses', () => {
  test('static ones with the gateway of their family, those that end by asking for them', () => {
    const six = address('2001:db8::5/64');
    assert.deepEqual(present([four], [route('192.0.2.1')]), ['static 192.0.2.5 255.255.255.0 192.0.2.1', 'none']);
    assert.deepEqual(present([four, six], [route('2001:db8::1'), route('192.0.2.1', { table: 100 })]), [
      'static 192.0.2.5 255.255.255.0',
      'static 2001:db8::5 64 2001:db8::1',
    ]);
    assert.deepEqual(present([address('192.0.2.5/24', { validFor: 60 })]), ['dhcp', 'none']);
    assert.deepEqual(present([six], [route('fe80::1', { protocol: 'ra' })]), ['none', 'static 2001:db8::5 64 fe80::1']);
    assert.deepEqual(present([six], [route('fe80::1')], '6.1', false), ['none', 'static 2001:db8::5 64']);
    assert.deepEqual(present([six], [route('fe80::1', { device: 'eth1' })]), ['none', 'static 2001:db8::5 64']);
  });

  test('IPv6 of routers and of leases is asked for again, the static address beside it counts', () => {
    const learned = address('2001:db8::a:b/64', ra);
    const leased = address('2001:db8::99/128', { ...ra, origin: 'dhcp' });
    assert.deepEqual(present([learned]), ['none', 'autoconf']);
    assert.deepEqual(present([leased]), ['none', 'dhcp']);
    assert.deepEqual(present([learned, leased]), ['none', 'poly_dhcp_autoconf']);
    assert.deepEqual(present([learned, address('2001:db8::5/64')]), ['none', 'static 2001:db8::5 64']);
    const el8 = '4.18.0-553.el8.x86_64';
    assert.deepEqual(present([learned], [], el8), ['none', 'none'], 'rule IP-06');
    assert.deepEqual(present([learned, leased], [], el8), ['none', 'dhcp']);
  });

  test('of several the one that the default route is for, none of a link or that somebody else has', () => {
    const others = [address('172.16.0.5/24'), address('192.0.2.4/32'), four];
    assert.deepEqual(present(others, [route('192.0.2.1')]), [
      'static 192.0.2.5 255.255.255.0 192.0.2.1',
      'none',
      '172.16.0.5/24',
    ]);
    assert.match(
      present(others, [route('192.0.2.1', { source: '192.0.2.4' })])[0] ?? '',
      /^static 192.0.2.4 255.255.255.255/,
    );
    const lease = address('198.51.100.9/24', { validFor: 60 });
    const beside = [four, lease, address('10.0.0.1/32', { peer: '10.0.0.2' })];
    assert.deepEqual(present(beside, [route('198.51.100.1')]), ['dhcp', 'none']);
    assert.deepEqual(present([address('fe80::5/64', { scope: 'link', origin: 'kernel' })]), ['none', 'none']);
    assert.deepEqual(present([address('2001:db8::5/64', { dadFailed: true })]), ['none', 'none']);
  });
});
