import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nic, ObservedNic } from '@patchbay/model';
import { nicsFromReport } from './record-report.ts';

const stored = (name: string, more: Partial<Nic> = {}): Nic => ({
  ...{ id: `id-${name}`, hostId: 'host', name, kind: 'nic', bond: null, labels: [], base: null, vlan: null },
  ...more,
});
const reported = (...names: string[]) => ({
  nics: names.map(
    (name): ObservedNic => ({
      ...{ name, kind: 'nic', mac: null, speed: null, nominalSpeed: false, mtu: 1500, up: true, master: null },
      ...{ base: null, vlan: null, bond: null, aggregator: null },
    }),
  ),
  networks: [],
  nameservers: [],
});

test('Nics keep their ids by name; those that vanished stay as long as something is wished of them', () => {
  const nics = [
    stored('eth0'),
    stored('carrying'),
    stored('bond0', { kind: 'bond', bond: { slaves: [], options: [] } }),
    stored('functions', { vfCount: 2 }),
    stored('none', { vfCount: 0 }),
    stored('idle'),
  ];
  const wanted = new Set(['id-carrying']);
  const { put, remove } = nicsFromReport('host', nics, reported('eth0', 'eth1'), {}, wanted, () => 'new');
  assert.deepEqual(
    put.map(({ id, name }) => [id, name]),
    [['new', 'eth1']],
  );
  assert.deepEqual(remove, ['id-none', 'id-idle']);
});
