import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configDifference, configEntries } from './difference.ts';
import type { HostConfig, NetworkConfig } from './host-config.ts';

const network: NetworkConfig = {
  ...{ base: 'eth1', vlan: 7, bridged: true, stp: false, mtu: 1500, defaultRoute: false, nameservers: null },
  ipv4: { method: 'dhcp' },
  ipv6: { method: 'none' },
  bridgeOptions: {},
};
const config = (networks: HostConfig['networks'], bonds: HostConfig['bonds'] = {}): HostConfig => ({ bonds, networks });

test('equal configs do not differ, whatever the order of slaves', () => {
  const bond = (...slaves: string[]) => ({ bond0: { slaves, options: { mode: '1' } } });
  assert.deepEqual(
    configDifference(config({ red: network }, bond('eth1', 'eth2')), config({ red: network }, bond('eth2', 'eth1'))),
    [],
  );
});

test('a changed network says which properties, unset ones as null', () => {
  const after: NetworkConfig = {
    ...network,
    vlan: null,
    ipv4: { method: 'static', address: '10.0.0.2', prefix: 24, gateway: null },
    nameservers: ['10.0.0.53', '10.0.0.54'],
  };
  assert.deepEqual(configDifference(config({ red: network }), config({ red: after })), [
    {
      kind: 'network',
      name: 'red',
      change: 'changed',
      properties: [
        { name: 'ipv4.method', before: 'dhcp', after: 'static' },
        { name: 'vlan', before: '7', after: null },
        { name: 'ipv4.address', before: null, after: '10.0.0.2' },
        { name: 'ipv4.prefix', before: null, after: '24' },
        { name: 'nameservers', before: null, after: '10.0.0.53, 10.0.0.54' },
      ],
    },
  ]);
});

test('bonds come before networks, and what comes or goes shows all it has', () => {
  const before = config({ red: network });
  const after = config({ blue: network }, { bond0: { slaves: ['eth2'], options: { mode: '4' } } });
  const differences = configDifference(before, after);
  assert.deepEqual(
    differences.map(({ kind, name, change }) => [kind, name, change]),
    [
      ['bond', 'bond0', 'added'],
      ['network', 'blue', 'added'],
      ['network', 'red', 'removed'],
    ],
  );
  assert.deepEqual(differences[0]?.properties, [
    { name: 'options.mode', before: null, after: '4' },
    { name: 'slaves', before: null, after: 'eth2' },
  ]);
  assert.ok(differences[2]?.properties.every((one) => one.after === null));
});

test('a config as entries', () => {
  assert.deepEqual(configEntries(config({ red: network }))[0], {
    kind: 'network',
    name: 'red',
    properties: {
      ...{ base: 'eth1', bridged: 'true', default_route: 'false', 'ipv4.method': 'dhcp', 'ipv6.method': 'none' },
      ...{ mtu: '1500', stp: 'false', vlan: '7' },
    },
  });
});

test('a number of virtual functions is a difference of its nic, which neither comes nor goes', () => {
  const counted = (...counts: number[]): HostConfig => ({
    ...config({}),
    ...(counts.length === 0 ? {} : { virtualFunctions: Object.fromEntries(counts.map((n, at) => [`eth${at}`, n])) }),
  });
  assert.deepEqual(configDifference(counted(1), counted(1, 4)), [
    {
      kind: 'nic',
      name: 'eth1',
      change: 'changed',
      properties: [{ name: 'virtual_functions', before: null, after: '4' }],
    },
  ]);
  assert.deepEqual(configDifference(counted(1), counted(1)), []);
  assert.deepEqual(configEntries(counted(2)), [{ kind: 'nic', name: 'eth0', properties: { virtual_functions: '2' } }]);
});
