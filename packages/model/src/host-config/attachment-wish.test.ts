/** The attachment that a running network comes from is found again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Attachment, IpAssignment, Ipv4Method, Ipv6Method } from '../entities.ts';
import { hostState, ip, ipv4Static, ipv6Static, qos } from '../testing.ts';
import { attachmentWish } from './attachment-wish.ts';
import { networkConfig } from './network-config.ts';

const anyQos = fc.option(fc.constantFrom(qos(null), qos(3), qos(10, 20, 5)), { freq: 2 });
const servers = fc.option(fc.constantFrom<string[]>([], ['10.0.0.2'], ['10.0.0.3', '2001:db8::3']));
const wishes: fc.Arbitrary<Pick<Attachment, 'ipv4' | 'ipv6' | 'properties' | 'qos' | 'nameservers'>> = fc.record({
  ipv4: fc.constantFrom<IpAssignment<Ipv4Method>>(
    ip('none'),
    ip('dhcp'),
    ipv4Static('10.0.0.5', '255.255.254.0'),
    ipv4Static('10.0.0.5', '24', '10.0.0.1'),
  ),
  ipv6: fc.constantFrom<IpAssignment<Ipv6Method>>(
    ip('none'),
    ip('poly_dhcp_autoconf'),
    ipv6Static('2001:db8::5', '56', '2001:db8::1'),
  ),
  properties: fc.record(
    {
      bridge_opts: fc.constant('forward_delay=0 priority=1'),
      ipv4_addrs: fc.constant('10.0.0.6/24 10.1.0.6/25'),
      ethtool_opts: fc.constant('-K * gro off tx on --set-ring eth0 rx 512 -A eth0 rx off'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Record<string, string>>,
  qos: anyQos,
  nameservers: servers,
});

test('A host that is told what it runs by the wish that is found is told the same', () => {
  const networks = fc.record({ routed: fc.boolean(), qos: anyQos, nameservers: servers, vm: fc.boolean() });
  fc.assert(
    fc.property(networks, wishes, ({ routed, qos: named, nameservers, vm }, wish) => {
      const roles = routed ? (['defaultRoute'] as const) : [];
      const scene = { vm, nameservers, roles: [...roles], ...(named === null ? {} : { qos: named }) };
      const [network] = hostState({ networks: { red: scene } }).networks;
      assert.ok(network);
      const config = networkConfig(network, 'eth0', wish);
      assert.deepEqual(networkConfig(network, 'eth0', attachmentWish(config, network)), config);
    }),
    { numRuns: 2000 },
  );
});

test('What the network says is left to the network', () => {
  const [network] = hostState({
    networks: { red: { roles: ['defaultRoute'], nameservers: ['10.0.0.3'], qos: qos(10) } },
  }).networks;
  assert.ok(network);
  const wish = { ipv4: ip<Ipv4Method>('dhcp'), ipv6: ip<Ipv6Method>('none'), properties: {} };
  const own = { ...wish, qos: null, nameservers: null };
  assert.deepEqual(attachmentWish(networkConfig(network, 'eth0', own), network), own);
});
