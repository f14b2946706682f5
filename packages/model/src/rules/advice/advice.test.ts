import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObservedNic } from '../../observed.ts';
import {
  type Asked,
  asked,
  attach,
  bond,
  drift,
  ip,
  ipv4Static,
  ipv6Static,
  type Scene,
  update,
} from '../../testing.ts';
import { validate } from '../validate.ts';

const events = (scene: Scene, what: Asked) => validate(asked(scene, what)).warnings.map((one) => one.event);

test('IP-12 a gateway outside the subnet is allowed and said', () => {
  const on = (gateway: string | null) =>
    events(
      { networks: { red: {} } },
      {
        attachments: [attach('red', 'eth0', { ip: { ipv4: [ipv4Static('10.0.0.5', '24', gateway)], ipv6: [] } })],
      },
    );
  assert.deepEqual(on('10.0.1.1'), ['NETWORK_IPV4_GATEWAY_OUT_OF_RANGE']);
  for (const fine of ['10.0.0.1', '0.0.0.0', null]) assert.deepEqual(on(fine), []);
});

test('IP-15 with the connectivity check, losing the management address is a warning', () => {
  const scene: Scene = {
    networks: { mgmt: { roles: ['management'] } },
    attached: { mgmt: { nic: 'eth0', ipv4: ip('dhcp') } },
  };
  const none = { attachments: [update('att-mgmt', { ip: { ipv4: [], ipv6: [] } })] };
  assert.deepEqual(events(scene, none), ['HOST_MANAGEMENT_ADDRESS_CHANGED']);
  assert.deepEqual(events(scene, { ...none, checkConnectivity: false }), []);
});

test('DNS-03 name servers need the default route role', () => {
  const asks = { attachments: [attach('red', 'eth0', { nameservers: ['10.0.0.1'] })] };
  assert.deepEqual(events({ networks: { red: {} } }, asks), ['NETWORK_NAME_SERVERS_WITHOUT_DEFAULT_ROUTE']);
  assert.deepEqual(events({ networks: { red: { roles: ['defaultRoute'] } } }, asks), []);
});

test('IP-07 the former default route network loses its IPv6 gateway', () => {
  const scene: Scene = {
    networks: { old: {}, next: { roles: ['defaultRoute'] } },
    attached: { old: { nic: 'eth0', ipv6: ipv6Static('2001:db8::2', '64', '2001:db8::1') } },
    observed: drift('old', { defaultRoute: true }),
  };
  const asks = { attachments: [attach('next', 'eth1', { ip: { ipv4: [ip('dhcp' as const)], ipv6: [] } })] };
  assert.deepEqual(events(scene, asks), ['NETWORK_REMOVING_IPV6_GATEWAY_FROM_OLD_DEFAULT_ROUTE_ROLE_ATTACHMENT']);
  assert.deepEqual(events({ ...scene, observed: (all) => all }, asks), []);
  const bare: Scene = { ...scene, attached: { old: 'eth0' } };
  assert.deepEqual(events(bare, asks), [], 'it had none');
});

test('BOND-23 a bond whose slaves do not go well together is said', () => {
  const asks = { bonds: [bond('bond0', ['eth0', 'eth1'])] };
  const seen = (change: (nic: ObservedNic) => Partial<ObservedNic>): Scene => ({
    observed: (host) => ({ ...host, nics: host.nics.map((nic) => ({ ...nic, ...change(nic) })) }),
  });
  const says = (scene: Scene) => validate(asked(scene, asks)).warnings.map((one) => one.message);
  assert.deepEqual(says({}), []);
  assert.deepEqual(says(seen(() => ({ up: false }))), ['Bond bond0 on host h1: every slave is down (eth0, eth1).']);
  assert.deepEqual(says(seen((nic) => ({ up: nic.name !== 'eth0' }))), []);
  assert.match(says(seen((nic) => ({ speed: nic.name === 'eth0' ? 100 : 1000 })))[0] ?? '', /speeds \(100, 1000 Mbit/);
  assert.match(says(seen(() => ({ physicalFunction: 'eth9' })))[0] ?? '', /virtual functions of eth9/);
  const apart = seen((nic) => ({ physicalFunction: nic.name === 'eth0' ? 'eth8' : 'eth9' }));
  assert.deepEqual(says(apart), []);
});
