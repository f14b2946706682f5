import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AddressReport, HostReport, LinkReport, RouteReport } from '@patchbay/protocol';
import { lostByJoining } from './lost-by-joining.ts';
import { anAddress, aReport } from './testing.ts';

type Part = Partial<LinkReport>;
const link = (name: string, part: Part = {}) =>
  ({ name, kind: 'nic', mtu: 1500, master: null, addresses: [], ...part }) as Part as LinkReport;
const host = (links: LinkReport[], routes: RouteReport[]): HostReport => ({ ...aReport(links), routes });
const route = (destination: string, gateway: string | null, part: Partial<RouteReport> = {}): RouteReport => ({
  ...{ family: 4, table: 254, destination, gateway, device: 'eth0', protocol: 'static', metric: null },
  ...part,
});

const own = anAddress('10.0.0.5/24');
const second = anAddress('2001:db8::6/64');
const passing: AddressReport[] = [
  anAddress('10.0.0.77/24', { validFor: 60 }),
  anAddress('2001:db8::a:b/64', { origin: 'ra', validFor: 7000 }),
  anAddress('fe80::1/64', { scope: 'link', origin: 'kernel' }),
];
const before = host(
  [link('lo', { kind: 'other', mtu: 65536 }), link('eth0', { mtu: 9000, addresses: [own, second, ...passing] })],
  [
    route('default', '10.0.0.1', { protocol: 'boot' }),
    route('10.0.0.0/24', null, { protocol: 'kernel' }),
    route('10.50.0.0/16', '10.0.0.254'),
    route('default', '172.16.0.1', { table: 100 }),
    route('2001:db8:50::/48', 'fe80::1', { family: 6 }),
    route('10.60.0.0/16', '10.0.0.254', { protocol: 'bird' }),
  ],
);

test('what is gone is named with the way to have it back, and nothing that stayed, moved or would have ended', () => {
  const after = host(
    [link('eth0', { master: 'ovirtmgmt' }), link('ovirtmgmt', { kind: 'bridge', addresses: [own] })],
    [route('default', '10.0.0.1', { device: 'ovirtmgmt', protocol: '199' })],
  );
  const stays = 'one with a routing protocol of its own stays: ip';
  assert.deepEqual(lostByJoining(before, after), [
    'MTU 9000 of eth0, which is 1500 (set it on the network there)',
    'address 2001:db8::6/64 of eth0 (a network of its own can have it)',
    `route 10.50.0.0/16 via 10.0.0.254 (${stays} route add 10.50.0.0/16 via 10.0.0.254 dev ovirtmgmt proto 200)`,
    `route default via 172.16.0.1 table 100 (${stays} route add default via 172.16.0.1 table 100 dev ovirtmgmt proto 200)`,
    `route 2001:db8:50::/48 via fe80::1 (${stays} -6 route add 2001:db8:50::/48 via fe80::1 dev ovirtmgmt proto 200)`,
  ]);
});

test('where all has stayed nothing is said', () => {
  assert.deepEqual(lostByJoining(before, before), []);
});
