import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nic, ObservedNic } from '@patchbay/model';
import { nicToWire } from './nic.ts';

const nic: Nic = {
  id: 'n',
  hostId: 'h',
  name: 'eth1',
  kind: 'nic',
  bond: null,
  labels: [],
  base: null,
  vlan: null,
};
const observed: ObservedNic = {
  ...{ name: 'eth1', kind: 'nic', mac: null, speed: null, nominalSpeed: false, mtu: 1500, up: true },
  ...{ master: null, base: null, vlan: null, bond: null, aggregator: null },
};
const toWire = (part: Partial<ObservedNic>) => {
  const view = { nic, network: null, properties: {}, allContent: false, idOf: () => undefined };
  return nicToWire('/api', { ...view, observed: { ...observed, ...part } });
};
const speedOf = (speed: number | null): number | undefined => toWire({ speed }).speed;

test('X14 a speed that is unknown is not told, and one that is known is in bit/s', () => {
  assert.equal(speedOf(null), undefined);
  assert.equal(speedOf(0), undefined);
  assert.equal(speedOf(25_000), 25_000_000_000);
});

test('A nic without a network shows the addresses that another hand gave it', () => {
  const ipv4 = { method: 'static', address: '198.51.100.5', prefix: 24, gateway: '198.51.100.1' } as const;
  const ip = { address: '198.51.100.5', netmask: '255.255.255.0', gateway: '198.51.100.1', version: 'v4' };
  const shown = toWire({ ipv4 });
  assert.deepEqual([shown.boot_protocol, shown.ip], ['static', ip]);
  assert.deepEqual([shown.ipv6_boot_protocol, shown.ipv6], ['none', undefined]);
  assert.deepEqual([toWire({}).boot_protocol, toWire({}).ip], ['none', undefined]);
});

test('A bond is shown as it stands, with the options that were asked for and those of its slaves that are known', () => {
  const options = [
    { name: 'mode', value: '4' },
    { name: 'miimon', value: '100' },
    { name: 'xmit_hash_policy', value: 'layer2+3' },
    { name: 'num_unsol_na', value: '2' },
  ];
  const view = {
    ...{ network: null, properties: {}, allContent: false },
    nic: { ...nic, id: 'b', name: 'bond0', kind: 'bond', bond: { slaves: ['eth2', 'eth3'], options } } satisfies Nic,
    idOf: (name: string) => (name === 'eth9' ? undefined : name),
  };
  const shown = (bond: ObservedNic['bond'] | undefined) => {
    const seen = bond === undefined ? undefined : ({ ...observed, name: 'bond0', kind: 'bond', bond } as const);
    const { bonding } = nicToWire('/api', { ...view, observed: seen });
    return {
      slaves: bonding?.slaves?.map(({ id }) => id),
      options: bonding?.options?.map((option) => [option.name, option.value].join('=')),
      active: bonding?.active_slave?.id,
    };
  };
  const kernel = {
    mode: 'active-backup',
    miimon: '100',
    xmit_hash_policy: 'layer2+3 2',
    num_grat_arp: '5',
    lp_interval: '1',
  };
  assert.deepEqual(shown({ slaves: ['eth2', 'eth9'], options: kernel, activeSlave: 'eth9', partnerMac: null }), {
    slaves: ['eth2'],
    options: ['mode=1', 'miimon=100', 'xmit_hash_policy=layer2+3', 'num_unsol_na=5'],
    active: undefined,
  });
  const other = { ...kernel, xmit_hash_policy: 'layer3+4 1' };
  assert.deepEqual(
    shown({ slaves: ['eth3', 'eth2'], options: other, activeSlave: 'eth3', partnerMac: null }).options?.[2],
    'xmit_hash_policy=1',
  );
  assert.deepEqual(shown(undefined), {
    slaves: [],
    options: ['mode=4', 'miimon=100', 'xmit_hash_policy=layer2+3', 'num_unsol_na=2'],
    active: undefined,
  });
});
