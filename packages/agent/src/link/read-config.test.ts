import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bond, network } from '../plan/host-for-tests.ts';
import { readConfig } from './read-config.ts';

const of = (part: object) => ({ bonds: {}, networks: { blue: { ...network({ base: 'eth1' }), ...part } } });

test('a config that is one is read as it is', () => {
  const config = {
    bonds: { bond0: { ...bond(['eth1', 'eth2']), mac: '02:00:00:00:00:09' } },
    networks: { 'any text': network({ base: 'bond0', vlan: 0, moreAddresses: ['198.51.100.7/24'] }) },
  };
  assert.deepEqual(readConfig(structuredClone(config)), { ok: true, config });
});

test('what is wrong is said by what it belongs to, what it is and what it takes; nothing was changed', () => {
  const cases: [unknown, string, string][] = [
    [
      of({ vlan: 4095 }),
      'ERR_BAD_VLAN',
      'Network blue: vlan is 4095, but it takes a whole number from 0 to 4094, or null.',
    ],
    [of({ mtu: undefined }), 'ERR_BAD_PARAMS', 'Network blue: mtu is missing; it takes bytes, 68 to 65535.'],
    [of({ mtu: 67 }), 'ERR_BAD_PARAMS', 'Network blue: mtu is 67, but it takes bytes, 68 to 65535.'],
    [of({ colour: 'red' }), 'ERR_BAD_PARAMS', 'Network blue: this agent knows no attribute colour there.'],
    [
      of({ ipv4: { method: 'dhcp', gateway: '192.0.2.1' } }),
      'ERR_BAD_ADDR',
      'Network blue: gateway does not belong to the method of ipv4.',
    ],
    [
      { bonds: { bond0: { ...bond(['eth1']), mac: '01:00:5e:00:00:01' } }, networks: {} },
      'ERR_BAD_BONDING',
      'Bond bond0: mac is "01:00:5e:00:00:01", but it takes the MAC address of a single station.',
    ],
    [
      { bonds: { bond0: bond([]) }, networks: {} },
      'ERR_BAD_PARAMS',
      'Bond bond0: slaves is [], but it takes at least one nic.',
    ],
    [7, 'ERR_BAD_PARAMS', 'The configuration: it is 7, but it takes what the protocol says.'],
  ];
  for (const [raw, code, message] of cases) {
    assert.deepEqual(readConfig(raw), { ok: false, problem: { code, message, outcome: 'unchanged' } });
  }
});
